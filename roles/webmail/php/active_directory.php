<?php

/**
 * Changes a password in Active Directory as the person does (MS-ADTS 3.1.1.3.1.5.2: the old value is deleted, the new
 * one added in one request), so no account with more rights is needed. Managed by roles/webmail.
 *
 * The other controllers learn of it within a second or two. Each is asked for the day of the last change, on a
 * connection that was open before: until they know, a page could meet one that refuses the new password.
 */
class rcube_active_directory_password
{
    private const PATIENCE = 10;  // seconds, for all controllers to know

    public function save($current, $new, $username)
    {
        $config = rcmail::get_instance()->config;
        $filter = '(&(objectCategory=person)(objectClass=user)(mail=' . ldap_escape($username, '', LDAP_ESCAPE_FILTER) . '))';
        $open = [];
        $dn = null;
        foreach ($config->get('administration_controllers') as $uri) {
            $link = $this->bound($uri, strstr($username, '@', true) . '@' . $config->get('administration_domain'), $current);
            if ($link === null) {
                continue;  // it is down
            }
            if ($dn === null) {
                $found = @ldap_search($link, $config->get('administration_base'), $filter, ['1.1']);
                $entry = $found ? ldap_first_entry($link, $found) : false;
                $dn = $entry ? ldap_get_dn($link, $entry) : null;
            }
            $open[] = $link;
        }
        if ($dn === null) {
            return PASSWORD_CONNECT_ERROR;
        }
        $before = array_map(fn ($link) => $this->changed($link, $dn), $open);
        $done = @ldap_modify_batch($open[0], $dn, [
            ['attrib' => 'unicodePwd', 'modtype' => LDAP_MODIFY_BATCH_REMOVE, 'values' => [$this->packed($current)]],
            ['attrib' => 'unicodePwd', 'modtype' => LDAP_MODIFY_BATCH_ADD, 'values' => [$this->packed($new)]],
        ]);
        if (!$done) {
            $refused = ldap_errno($open[0]) === 0x13;  // too short, too simple, or one of the last
            rcube::write_log('errors', "password of {$username} not changed: " . ldap_error($open[0]));

            return $refused ? PASSWORD_CONSTRAINT_VIOLATION : PASSWORD_ERROR;
        }
        $deadline = microtime(true) + self::PATIENCE;
        foreach ($open as $place => $link) {
            while ($this->changed($link, $dn) === $before[$place] && microtime(true) < $deadline) {
                usleep(200_000);
            }
        }

        return PASSWORD_SUCCESS;
    }

    private function bound(string $uri, string $who, string $password)
    {
        $link = ldap_connect($uri);
        ldap_set_option($link, LDAP_OPT_PROTOCOL_VERSION, 3);
        ldap_set_option($link, LDAP_OPT_REFERRALS, 0);
        ldap_set_option($link, LDAP_OPT_NETWORK_TIMEOUT, 3);
        ldap_set_option($link, LDAP_OPT_TIMEOUT, 10);

        return $password !== '' && @ldap_bind($link, $who, $password) ? $link : null;
    }

    /** When the password was last changed, as this controller knows it. */
    private function changed($link, string $dn): ?string
    {
        $found = @ldap_read($link, $dn, '(objectClass=*)', ['pwdLastSet']);
        $entries = $found ? ldap_get_entries($link, $found) : [];

        return $entries[0]['pwdlastset'][0] ?? null;
    }

    private function packed(string $password): string
    {
        return mb_convert_encoding("\"{$password}\"", 'UTF-16LE', 'UTF-8');
    }
}
