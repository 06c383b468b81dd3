<?php

/**
 * What our webmail does that Roundcube has no setting for. Managed by roles/webmail.
 *
 * - the mail server is told whose browser it is, so that wrong passwords of one slow nobody else;
 * - a mailbox has the name of its person, and the addresses that the mail server lets them write from, no others.
 */
class administration extends rcube_plugin
{
    private const PEOPLE = '/etc/webmail/people.json';

    public function init()
    {
        $this->add_hook('storage_connect', [$this, 'connect']);
        $this->add_hook('user_create', [$this, 'create']);
        $this->add_hook('login_after', [$this, 'log_in']);
        $this->add_hook('startup', [$this, 'name']);
    }

    /** In French the folder of spam has its real name, as in every other program and in the guides. */
    public function name($told)
    {
        $mail = rcmail::get_instance();
        if (str_starts_with((string) $mail->get_user_language(), 'fr')) {
            $mail->load_language(null, [], ['junk' => 'Indésirables']);
        }

        return $told;
    }

    /** Before the login: afterwards the mail server would not believe it. */
    public function connect($told)
    {
        $told['preauth_ident'] = ['x-originating-ip' => rcube_utils::remote_addr()];

        return $told;
    }

    /** The first visit. */
    public function create($told)
    {
        $address = strtolower($told['user']);
        $told['user_email'] = $address;
        $told['user_name'] = $this->person($address)['name'] ?? '';

        return $told;
    }

    /** The addresses of today. */
    public function log_in($told)
    {
        $user = rcmail::get_instance()->user;
        $own = strtolower($user->get_username());
        $wanted = $this->person($own)['senders'] ?? [];
        $present = [];
        foreach ($user->list_identities() as $identity) {
            $address = strtolower($identity['email']);
            $present[] = $address;
            if ($address !== $own && !in_array($address, $wanted, true)) {
                $user->delete_identity($identity['identity_id']);
            }
        }
        foreach (array_diff($wanted, $present) as $address) {
            $name = ucfirst(strstr($address, '@', true));
            $user->insert_identity(['name' => $name, 'email' => $address, 'standard' => 0]);
        }

        return $told;
    }

    private function person(string $address): array
    {
        $people = json_decode(file_get_contents(self::PEOPLE), true, 8, JSON_THROW_ON_ERROR);

        return $people[$address] ?? [];
    }
}
