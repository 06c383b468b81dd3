<?php

/** Events as iCalendar writes them (RFC 5545), as far as the webmail shows and changes them. Managed by roles/webmail. */
final class agenda_events
{
    private const REPEATS = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];

    /** The events of a text: what a page shows of each. */
    public static function shown(string $text): array
    {
        $found = [];
        foreach (self::blocks($text) as $lines) {
            $has = [];
            foreach ($lines as $line) {
                [$name, $parameters, $value] = self::parts($line);
                $has[$name] ??= [$parameters, $value];
            }
            if (!isset($has['DTSTART'])) {
                continue;
            }
            [$start, $day] = self::moment(...$has['DTSTART']);
            $end = match (true) {
                isset($has['DTEND']) => self::moment(...$has['DTEND'])[0],
                isset($has['DURATION']) => self::after($start, $has['DURATION'][1]),
                default => $day ? $start->modify('+1 day') : $start,
            };
            $form = $day ? 'Y-m-d' : 'Y-m-d\TH:i:s\Z';
            $found[] = [
                'summary' => self::plain($has['SUMMARY'][1] ?? ''),
                'location' => self::plain($has['LOCATION'][1] ?? ''),
                'description' => self::plain($has['DESCRIPTION'][1] ?? ''),
                'start' => $start->format($form),
                'end' => $end->format($form),
                'day' => $day,
                // Which time of a series it is, wherever that one was moved to.
                'occurrence' => isset($has['RECURRENCE-ID']) ? self::time_of(...$has['RECURRENCE-ID']) : '',
            ];
        }

        return $found;
    }

    /** A text with one new event. */
    public static function made(string $uid, array $wanted): string
    {
        $lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Administration//Webmail//FR', 'BEGIN:VEVENT', "UID:$uid",
            ...self::written($wanted), 'END:VEVENT', 'END:VCALENDAR'];

        return self::folded($lines);
    }

    /** A text whose first event says what is wanted, with all else that it said. */
    public static function changed(string $text, array $wanted): string
    {
        $new = self::written($wanted);
        $replaced = array_map(fn ($line) => self::parts($line)[0], $new);
        if (isset($wanted['start'])) {
            $replaced[] = 'DURATION';
        }
        $out = [];
        [$depth, $done] = [0, false];
        foreach (self::unfolded($text) as $line) {
            $name = self::parts($line)[0];
            $inside = $depth === 2 && !$done;
            if ($name === 'BEGIN') {
                $depth++;
                $out[] = $line;
                if ($depth === 2 && !$done && $line === 'BEGIN:VEVENT') {
                    array_push($out, ...$new);
                } elseif ($depth === 2) {
                    $depth = 12;  // a time zone, not an event
                }
            } elseif ($name === 'END') {
                $done = $done || ($depth === 2);
                $depth = $depth === 12 ? 1 : $depth - 1;
                $out[] = $line;
            } elseif (!($inside && in_array($name, $replaced, true))) {
                $out[] = $line;
            }
        }

        return self::folded($out);
    }

    /** A text whose event no longer happens at one of its times. */
    public static function without(string $text, string $occurrence): string
    {
        $line = strlen($occurrence) === 8 ? "EXDATE;VALUE=DATE:$occurrence" : "EXDATE:$occurrence";
        [$out, $event] = [[], null];
        foreach (self::unfolded($text) as $each) {
            if ($each === 'BEGIN:VEVENT') {
                $event = [];
            }
            if ($event === null) {
                $out[] = $each;
                continue;
            }
            $event[] = $each;
            if ($each === 'END:VEVENT') {
                $own = array_values(preg_grep('/^RECURRENCE-ID[;:]/i', $event));
                if (!$own) {
                    array_splice($event, 1, 0, [$line]);
                }
                // One that was changed by itself has lines of its own, which go too.
                if (!$own || self::time_of(...array_slice(self::parts($own[0]), 1)) !== $occurrence) {
                    array_push($out, ...$event);
                }
                $event = null;
            }
        }

        return self::folded($out);
    }

    /** What a page sent, each value of the form that it must have. Throws InvalidArgumentException. */
    public static function wanted(array $given): array
    {
        $wanted = ['summary' => trim($given['summary'] ?? ''), 'location' => trim($given['location'] ?? ''),
            'description' => trim($given['description'] ?? '')];
        if ($wanted['summary'] === '') {
            throw new InvalidArgumentException('notitle');
        }
        if (!isset($given['start'])) {
            return $wanted;  // of an event that comes again: its times stay
        }
        $day = !empty($given['day']);
        $form = $day ? '!Y-m-d' : '!Y-m-d\TH:i:s\Z';
        foreach (['start', 'end'] as $name) {
            $moment = DateTimeImmutable::createFromFormat($form, (string) ($given[$name] ?? ''), new DateTimeZone('UTC'));
            $wanted[$name] = $moment ?: throw new InvalidArgumentException('badtime');
        }
        if ($wanted['end'] < $wanted['start'] || ($day && $wanted['end'] == $wanted['start'])) {
            throw new InvalidArgumentException('badtime');
        }
        $repeat = (string) ($given['repeat'] ?? '');

        return $wanted + ['day' => $day, 'repeat' => in_array($repeat, self::REPEATS, true) ? $repeat : ''];
    }

    private static function written(array $wanted): array
    {
        $now = gmdate('Ymd\THis\Z');
        $lines = ["DTSTAMP:$now", "LAST-MODIFIED:$now"];
        foreach (['summary', 'location', 'description'] as $name) {
            $lines[] = strtoupper($name) . ':' . addcslashes(str_replace(["\r\n", "\r"], "\n", $wanted[$name]), '\\;,');
        }
        if (isset($wanted['start'])) {
            foreach (['start' => 'DTSTART', 'end' => 'DTEND'] as $key => $name) {
                $lines[] = $wanted['day'] ? "$name;VALUE=DATE:" . $wanted[$key]->format('Ymd')
                    : "$name:" . $wanted[$key]->format('Ymd\THis\Z');
            }
            if ($wanted['repeat']) {
                $lines[] = "RRULE:FREQ={$wanted['repeat']}";
            }
        }

        return array_map(fn ($line) => str_replace("\n", '\\n', $line), $lines);
    }

    private static function plain(string $value): string
    {
        return preg_replace_callback('/\\\\(.)/s', fn ($m) => in_array($m[1], ['n', 'N'], true) ? "\n" : $m[1], $value);
    }

    private static function moment(string $parameters, string $value): array
    {
        $utc = new DateTimeZone('UTC');
        if (preg_match('/^\d{8}$/', $value)) {
            return [DateTimeImmutable::createFromFormat('!Ymd', $value, $utc), true];
        }
        $zone = $utc;
        if (!str_ends_with($value, 'Z') && preg_match('/TZID="?([^";:]+)/', $parameters, $named)) {
            try {
                $zone = new DateTimeZone($named[1]);
            } catch (Exception) {
                $zone = $utc;  // a name that only its program knows
            }
        }
        $moment = DateTimeImmutable::createFromFormat('!Ymd\THis', rtrim($value, 'Z'), $zone);

        return [($moment ?: new DateTimeImmutable('@0'))->setTimezone($utc), false];
    }

    private static function time_of(string $parameters, string $value): string
    {
        [$moment, $day] = self::moment($parameters, $value);

        return $moment->format($day ? 'Ymd' : 'Ymd\THis\Z');
    }

    private static function after(DateTimeImmutable $start, string $duration): DateTimeImmutable
    {
        try {
            return $start->add(new DateInterval(ltrim($duration, '+')));
        } catch (Exception) {
            return $start;  // one odd event hides no other
        }
    }

    private static function blocks(string $text): array
    {
        $found = [];
        $stack = [];
        foreach (self::unfolded($text) as $line) {
            if (str_starts_with($line, 'BEGIN:')) {
                $stack[] = substr($line, 6);
                if ($stack === ['VCALENDAR', 'VEVENT']) {
                    $found[] = [];
                }
            } elseif (str_starts_with($line, 'END:')) {
                array_pop($stack);
            } elseif ($stack === ['VCALENDAR', 'VEVENT']) {
                $found[count($found) - 1][] = $line;
            }
        }

        return $found;
    }

    private static function parts(string $line): array
    {
        // Parameters may have a colon between quotes.
        preg_match('/^([A-Za-z0-9-]+)((?:;[^=:]+=(?:"[^"]*"|[^":;]*)(?:,(?:"[^"]*"|[^":;]*))*)*):(.*)$/s', $line, $found);

        return [strtoupper($found[1] ?? ''), $found[2] ?? '', $found[3] ?? ''];
    }

    private static function unfolded(string $text): array
    {
        $text = preg_replace('/\r?\n[ \t]/', '', $text);

        return array_values(array_filter(preg_split('/\r?\n/', $text), fn ($line) => $line !== ''));
    }

    private static function folded(array $lines): string
    {
        // At most 75 octets a line, and no letter is cut.
        return implode('', array_map(fn ($line) => implode("\r\n ", self::cut($line)) . "\r\n", $lines));
    }

    private static function cut(string $line): array
    {
        $parts = [];
        while (strlen($line) > 73) {
            $part = mb_strcut($line, 0, 73, 'UTF-8');
            $parts[] = $part;
            $line = substr($line, strlen($part));
        }

        return [...$parts, $line];
    }
}
