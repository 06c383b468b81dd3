<?php

/** An address book of CardDAV in Roundcube: it completes addresses, shows, adds, changes and removes. */
final class agenda_book extends rcube_addressbook
{
    public $primary_key = 'ID';
    public $groups = false;
    public $coltypes = ['name', 'firstname', 'surname', 'middlename', 'prefix', 'suffix', 'nickname', 'organization',
        'department', 'jobtitle', 'email', 'phone', 'address', 'website', 'birthday', 'notes'];

    private $filter;
    private $result;
    private ?array $all = null;  // id → record, in the order of names

    public function __construct(private agenda_dav $dav, private array $collection)
    {
        $this->ready = true;
        $this->readonly = !$collection['writes'];
        $this->searchonly = false;
    }

    public function get_name()
    {
        return $this->collection['name'];
    }

    public function set_search_set($filter)
    {
        $this->filter = $filter;
    }

    public function get_search_set()
    {
        return $this->filter;
    }

    public function reset()
    {
        [$this->filter, $this->result] = [null, null];
    }

    public function list_records($cols = null, $subset = 0, $nocount = false)
    {
        $found = $this->filtered();
        $this->result = new rcube_result_set(count($found), ($this->list_page - 1) * $this->page_size);
        $first = $subset < 0 ? $this->result->first + $this->page_size + $subset : $this->result->first;
        foreach (array_slice($found, $first, $subset ? abs($subset) : $this->page_size) as $record) {
            $this->result->add($record);
        }

        return $this->result;
    }

    public function search($fields, $value, $mode = 0, $select = true, $nocount = false, $required = [])
    {
        $this->filter = [(array) $fields, $value, (int) $mode, (array) $required];

        return $select ? $this->list_records() : ($this->result = $this->count());
    }

    public function count()
    {
        return new rcube_result_set(count($this->filtered()), ($this->list_page - 1) * $this->page_size);
    }

    public function get_result()
    {
        return $this->result;
    }

    public function get_record($id, $assoc = false)
    {
        $record = $this->all()[$id] ?? null;
        $this->result = new rcube_result_set($record ? 1 : 0);
        if ($record) {
            $this->result->add($record);
        }

        return $assoc ? $record : $this->result;
    }

    public function insert($save_data, $check = false)
    {
        $name = sprintf('%s.vcf', bin2hex(random_bytes(16)));
        $text = preg_replace('/^VERSION:[^\r\n]*/m', "$0\r\nUID:" . substr($name, 0, -4), $this->card('', $save_data), 1);

        return $this->written($name, $text, null) ? bin2hex($name) : false;
    }

    public function update($id, $save_cols)
    {
        $record = $this->all()[$id] ?? null;
        if (!$record) {
            return false;
        }

        return $this->written(hex2bin($id), $this->card($record['vcard'], $save_cols), $record['_etag']);
    }

    public function delete($ids, $force = true)
    {
        $gone = 0;
        foreach ((array) $ids as $id) {
            $record = $this->all()[$id] ?? null;
            try {
                $gone += (int) ($record && $this->dav->delete($this->collection['href'] . rawurlencode(hex2bin($id)), null));
            } catch (agenda_dav_error $error) {
                rcube::write_log('errors', 'contacts: ' . $error->getMessage());
            }
        }
        $this->all = null;

        return $gone;
    }

    private function written(string $name, string $text, ?string $etag): bool
    {
        $this->all = null;
        try {
            return $this->dav->put($this->collection['href'] . rawurlencode($name), $text, 'text/vcard', $etag);
        } catch (agenda_dav_error $error) {
            rcube::write_log('errors', 'contacts: ' . $error->getMessage());
            $this->set_error(self::ERROR_SAVING, 'errorsaving');

            return false;
        }
    }

    /** A card that says what was filled in; what the form does not know stays. */
    private function card(string $before, array $data): string
    {
        $card = new rcube_vcard($before ?: null, RCUBE_CHARSET, false);
        $card->reset();
        foreach ($data as $key => $values) {
            [$field, $section] = explode(':', $key) + [1 => ''];
            foreach ((array) $values as $value) {
                if (isset($value) && (is_array($value) || strlen($value))) {
                    $card->set($field, $value, strtoupper($section));
                }
            }
        }

        return $card->export(false);
    }

    private function filtered(): array
    {
        $all = $this->all();
        if (!$this->filter) {
            return array_values($all);
        }
        [$fields, $value, $mode, $required] = $this->filter;
        if ($fields === [$this->primary_key] || $fields === ['ID']) {
            return array_values(array_intersect_key($all, array_flip((array) $value)));
        }

        return array_values(array_filter($all, fn ($record) => $this->fits($record, $fields, $value, $mode, $required)));
    }

    private function fits(array $record, array $fields, $value, int $mode, array $required): bool
    {
        foreach ($required as $field) {
            if (!self::said($record, $field)) {
                return false;
            }
        }
        $hits = [];
        foreach ($fields as $place => $field) {
            $looked = is_array($value) ? (string) ($value[$place] ?? '') : (string) $value;
            $texts = self::said($record, $field);
            $hits[] = (bool) array_filter($texts, fn ($text) => $this->compare_search_value($field, $text, mb_strtolower($looked), $mode));
        }

        return is_array($value) ? !in_array(false, $hits, true) : in_array(true, $hits, true);
    }

    /** What a record says in a field, whatever its kind (email:work); "*" is any. */
    private static function said(array $record, string $field): array
    {
        $texts = [];
        foreach ($record as $key => $values) {
            if ($key[0] !== '_' && $key !== 'ID' && $key !== 'vcard' && ($field === '*' || explode(':', $key)[0] === $field)) {
                $list = (array) $values;
                array_walk_recursive($list, function ($text) use (&$texts) {
                    if (is_string($text) && $text !== '') {
                        $texts[] = $text;
                    }
                });
            }
        }

        return $texts;
    }

    private function all(): array
    {
        if ($this->all !== null) {
            return $this->all;
        }
        $found = [];
        try {
            foreach ($this->dav->cards($this->collection['href']) as [$href, $etag, $text]) {
                $card = new rcube_vcard($text, RCUBE_CHARSET, false);
                $id = bin2hex(rawurldecode(basename($href)));
                $found[$id] = ['ID' => $id, '_etag' => $etag, 'vcard' => $text] + $card->get_assoc();
            }
        } catch (agenda_dav_error $error) {
            rcube::write_log('errors', 'contacts: ' . $error->getMessage());
            $this->set_error(self::ERROR_SEARCH, 'servererror');
        }
        uasort($found, fn ($a, $b) => strcoll($a['name'] ?? '', $b['name'] ?? ''));

        return $this->all = $found;
    }
}
