# Managed by roles/mail: a person moved a message to Indésirables.
require ["copy", "vnd.dovecot.pipe"];
pipe :copy "learn" ["spam"];
