<?php

/** What a server of calendars refuses; the code is the status of its answer, 0 where there was none. */
final class agenda_dav_error extends Exception
{
}

/** A person's calendars and contacts, asked of their server as the person. Managed by roles/webmail. */
final class agenda_dav
{
    private const D = 'DAV:';
    private const CAL = 'urn:ietf:params:xml:ns:caldav';
    private const CARD = 'urn:ietf:params:xml:ns:carddav';
    private const KEPT = 60;  // seconds that a session remembers which collections there are

    public function __construct(private string $server, private string $user, private string $password)
    {
    }

    /** With the password of the session: there is no other account. */
    public static function of_session(): self
    {
        $mail = rcmail::get_instance();

        return new self(
            $mail->config->get('administration_dav'),
            $_SESSION['username'],
            $mail->decrypt($_SESSION['password']),
        );
    }

    /** Those of a kind (calendar, addressbook): href, name, and whether the person may write. */
    public function collections(string $kind): array
    {
        $known = $_SESSION['dav_collections'] ?? null;
        if (!$known || $known['until'] < time()) {
            $known = ['until' => time() + self::KEPT, 'all' => $this->listed($this->home())];
            $_SESSION['dav_collections'] = $known;
        }

        return array_values(array_filter($known['all'], fn ($each) => $each['kind'] === $kind));
    }

    /** The collection of a kind that has an address. */
    public function collection(string $kind, string $href): array
    {
        foreach ($this->collections($kind) as $each) {
            if ($each['href'] === $href) {
                return $each;
            }
        }
        throw new agenda_dav_error("no such collection: $href");
    }

    /** What is in a calendar between two moments, each occurrence of what comes again by itself: [href, etag, text]. */
    public function events(string $calendar, string $from, string $to): array
    {
        $range = "start=\"$from\" end=\"$to\"";
        $expanded = "<C:calendar-data><C:expand $range/></C:calendar-data>";
        $within = "<C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\"><C:time-range $range/>"
            . '</C:comp-filter></C:comp-filter></C:filter>';
        $ask = fn ($query, $data, $what) => $this->reported($calendar, "C:$query", self::CAL, 'calendar-data', $data, $what);
        try {
            return $ask('calendar-query', $expanded, $within);
        } catch (agenda_dav_error $error) {
            if (!in_array($error->getCode(), [400, 500], true)) {
                throw $error;
            }
        }
        // One event may spoil the answer of all: an invitation to one time of a series, a series whose times have no zone.
        $found = [];
        foreach ($ask('calendar-query', '<C:calendar-data/>', $within) as $item) {
            try {
                $again = preg_match('/^RRULE[;:]/m', $item[2]);
                $one = '<href>' . htmlspecialchars($item[0], ENT_XML1) . '</href>';
                array_push($found, ...($again ? $ask('calendar-multiget', $expanded, $one) : [$item]));
            } catch (agenda_dav_error) {
                $found[] = $item;
            }
        }

        return $found;
    }

    /** All cards of an address book: [href, etag, text]. */
    public function cards(string $book): array
    {
        return $this->reported($book, 'C:addressbook-query', self::CARD, 'address-data', '<C:address-data/>', '');
    }

    /** One item: its text and its etag. */
    public function get(string $href): array
    {
        [, $headers, $text] = $this->ask('GET', $href, [200]);

        return [$text, $headers['etag'] ?? ''];
    }

    /** Write an item: a new one, or the one that has an etag. False where it is another by now. */
    public function put(string $href, string $text, string $kind, ?string $etag): bool
    {
        $condition = $etag === null ? 'If-None-Match: *' : "If-Match: $etag";
        [$status] = $this->ask('PUT', $href, [201, 204, 412], $text, ["Content-Type: $kind; charset=utf-8", $condition]);

        return $status !== 412;
    }

    /** Remove an item. False where it is another by now. */
    public function delete(string $href, ?string $etag): bool
    {
        [$status] = $this->ask('DELETE', $href, [200, 204, 404, 412], '', $etag ? ["If-Match: $etag"] : []);

        return $status !== 412;
    }

    private function home(): string
    {
        $asked = '<propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>';
        [, , $said] = $this->ask('PROPFIND', '/', [207], $asked, ['Depth: 0']);
        $href = $this->read($said)->query('//d:current-user-principal/d:href')->item(0)?->textContent;

        return $href ?: throw new agenda_dav_error('nobody');
    }

    private function listed(string $home): array
    {
        $asked = '<propfind xmlns="DAV:"><prop><displayname/><resourcetype/><current-user-privilege-set/></prop></propfind>';
        [, , $said] = $this->ask('PROPFIND', $home, [207], $asked, ['Depth: 1']);
        $xml = $this->read($said);
        $found = [];
        foreach ($xml->query('//d:response') as $each) {
            $kind = match (true) {
                $xml->query('.//d:resourcetype/c:calendar', $each)->length > 0 => 'calendar',
                $xml->query('.//d:resourcetype/a:addressbook', $each)->length > 0 => 'addressbook',
                default => null,
            };
            if ($kind) {
                $href = $xml->query('d:href', $each)->item(0)->textContent;
                $found[] = [
                    'kind' => $kind,
                    'href' => $href,
                    'name' => $xml->query('.//d:displayname', $each)->item(0)?->textContent ?: basename($href),
                    'writes' => $xml->query('.//d:privilege/d:write', $each)->length > 0,
                    'shared' => str_starts_with(basename($href), 'shared.'),
                ];
            }
        }
        // One's own first, then by name.
        usort($found, fn ($a, $b) => [$a['shared'], $a['name']] <=> [$b['shared'], $b['name']]);

        return $found;
    }

    private function reported(string $path, string $query, string $space, string $data, string $wanted, string $filter): array
    {
        $asked = "<$query xmlns=\"DAV:\" xmlns:C=\"$space\"><prop><getetag/>$wanted</prop>$filter</$query>";
        [, , $said] = $this->ask('REPORT', $path, [207], $asked, ['Depth: 1']);
        $xml = $this->read($said);
        $xml->registerNamespace('x', $space);
        $found = [];
        foreach ($xml->query('//d:response') as $each) {
            $text = $xml->query(".//x:$data", $each)->item(0)?->textContent;
            if ($text) {
                $etag = $xml->query('.//d:getetag', $each)->item(0)?->textContent ?? '';
                $found[] = [$xml->query('d:href', $each)->item(0)->textContent, $etag, $text];
            }
        }

        return $found;
    }

    private function read(string $said): DOMXPath
    {
        $document = new DOMDocument();
        if (!$document->loadXML($said, LIBXML_NONET)) {
            throw new agenda_dav_error('not XML');
        }
        $xml = new DOMXPath($document);
        $xml->registerNamespace('d', self::D);
        $xml->registerNamespace('c', self::CAL);
        $xml->registerNamespace('a', self::CARD);

        return $xml;
    }

    private function ask(string $method, string $path, array $good, string $body = '', array $headers = []): array
    {
        if (preg_grep('/[\r\n\0]/', $headers)) {
            throw new agenda_dav_error("$method: a page sent what would be a header of its own", 400);
        }
        $told = [];
        $request = curl_init($this->server . $path);
        curl_setopt_array($request, [
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_USERPWD => "$this->user:$this->password",
            CURLOPT_HTTPAUTH => CURLAUTH_BASIC,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTPS,
            CURLOPT_CAINFO => '/etc/ssl/administration/ca.crt',
            CURLOPT_CONNECTTIMEOUT => 10,
            CURLOPT_TIMEOUT => 60,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_POSTFIELDS => $body,
            // A wrong password would delay whose browser it is, and nobody else.
            CURLOPT_HTTPHEADER => [
                'X-Real-IP: ' . rcube_utils::remote_addr(), 'Content-Type: application/xml; charset=utf-8', ...$headers,
            ],
            CURLOPT_HEADERFUNCTION => function ($_, $line) use (&$told) {
                [$name, $value] = explode(':', $line, 2) + [1 => ''];
                $told[strtolower(trim($name))] = trim($value);

                return strlen($line);
            },
        ]);
        $said = curl_exec($request);
        $status = curl_getinfo($request, CURLINFO_RESPONSE_CODE);
        if (!is_string($said) || !in_array($status, $good, true)) {
            throw new agenda_dav_error("$method: " . ($status ?: curl_error($request)), $status);
        }

        return [$status, $told, $said];
    }
}
