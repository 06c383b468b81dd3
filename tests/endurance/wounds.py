"""Ways in which a machine is damaged, that a deploy mends: each a script for one machine."""

WOUNDS: dict[str, tuple[str, ...]] = {
    "files1": (
        "rm -f /etc/samba/shares.conf; cd /srv/shares; setfacl -bR anptic mtdpce sante; chmod 700 anptic sante mtdpce",
        "echo '# by hand' >>/etc/samba/smb.conf",
        "systemctl stop smbd winbind; rm -f /etc/krb5.conf",
        "systemctl disable --quiet --now smbd; chmod 777 /srv/shares/sante",
        ": >/etc/samba/shares.conf",
    ),
    "mail1": (
        "rm -f /etc/postfix/domains /etc/postfix/mailboxes /etc/postfix/aliases",
        "echo 'smtpd_banner = by hand' >>/etc/postfix/main.cf; systemctl stop postfix",
        "rm -rf /var/lib/rspamd/dkim",
        "systemctl disable --quiet --now rspamd; systemctl stop dovecot; rm -f /etc/dovecot/people",
        "rm -f /etc/rspamd/local.d/*.conf; chmod 666 /etc/dovecot/directory-password.conf",
        "rm -f /etc/systemd/system/rspamd.service.d/administration.conf; echo '# by hand' >>/etc/dovecot/dovecot.conf",
    ),
    "app1": (
        "rm -f /etc/systemd/system/app-cim.service; systemctl stop app-cim",
        "rm -rf /etc/applications/e-cm",
        "rm -f /srv/apps/cim/current /srv/apps/cim/releases/*/complete",
        "rm -rf /srv/apps/e-cm/releases/*/venv /srv/apps/e-cm/releases/*/complete; systemctl stop nginx",
        "echo '# by hand' >>/etc/nginx/nginx.conf; systemctl disable --quiet app-e-cm",
        "rm -f /usr/local/sbin/switch-release; echo '# by hand' >>/etc/systemd/system/app-cim-migrate@.service",
    ),
    "db1": (
        "echo '# by hand' >>/etc/postgresql/17/main/conf.d/administration.conf",
        "systemctl stop postgresql@17-main; rm -f /etc/postgresql/17/main/conf.d/administration.conf",
        'echo \'ALTER ROLE "cim" PASSWORD NULL; ALTER DATABASE "e-cm" OWNER TO postgres\''
        " | runuser -u postgres -- psql -Xq",
        "echo 'GRANT CONNECT ON DATABASE \"cim\" TO PUBLIC' | runuser -u postgres -- psql -Xq;"
        " chmod 666 /etc/postgresql/17/main/pg_hba.conf",
        "echo 'ALTER SYSTEM SET max_connections = 77' | runuser -u postgres -- psql -Xq;"
        " echo 'ALTER SYSTEM RESET max_connections' | runuser -u postgres -- psql -Xq;"
        " sed -i s/^max_connections.*/max_connections=50/ /etc/postgresql/17/main/conf.d/administration.conf;"
        " echo 'listen_addresses = localhost' >>/etc/postgresql/17/main/conf.d/administration.conf",
    ),
    "dc1": (
        "samba-tool group removemembers sante-dsi mariam.modele >/dev/null; samba-tool user disable moussa.exemple",
        "samba-tool dns delete dc1 intra.gov.bf e-cm A 10.10.10.14 -P >/dev/null;"
        " samba-tool dns delete dc1 intra.gov.bf cim A 10.10.10.14 -P >/dev/null",
        "echo '# by hand' >>/etc/samba/smb.conf",
        "samba-tool domain passwordsettings set --min-pwd-length=8 >/dev/null; rm -f /etc/krb5.conf",
    ),
    "edge1": (
        "rm -f /etc/nftables.d/router.nft; sysctl -qw net.ipv4.ip_forward=0",
        "ovs-vsctl --if-exists del-port br-lan lan0.30",
        "vtysh -c 'configure terminal' -c 'router bgp 65101' -c 'neighbor 10.255.1.1 description by-hand'",
        "systemctl stop frr; echo '# by hand' >>/etc/frr/daemons; chown frr:frr /etc/frr/daemons",
        "rm -rf /home/netadmin/.ssh; echo '# by hand' >>/etc/systemd/system/subinterface-checksums.service",
    ),
    "ws1": (
        "dpkg --remove python3-dkim >/dev/null",
        "rm -f /etc/krb5.conf /etc/chrony/chrony.conf",
        "rm -f /usr/local/share/ca-certificates/administration.crt /etc/ssl/administration/host.crt",
    ),
    "guest1": (
        "rm -f /etc/ssh/sshd_config.d/administration.conf; echo '# by hand' >>/etc/nftables.conf",
        "rm -f /etc/ssl/administration/host.key; systemctl disable --quiet --now chrony",
    ),
    "resina1": ("echo '! by hand' >>/etc/frr/frr.conf",),
    "sw1-chassis": (
        "rm -f /opt/switch/switch/ios/shows.py; chmod 644 /etc/switch/credentials",
        "systemctl disable --quiet switch-cli; echo '# by hand' >>/etc/systemd/system/switch-cli.service",
    ),
}
