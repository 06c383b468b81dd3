<?php

require_once __DIR__ . '/dav.php';
require_once __DIR__ . '/events.php';

/**
 * A person's calendars in a page, and their contacts among Roundcube's address books. Managed by roles/webmail.
 *
 * All of it is asked of the server of calendars with the password of the session: who may do what is its business.
 */
class agenda extends rcube_plugin
{
    private const SILENT = 60;  // seconds that no page waits again for a server that did not answer: mail goes on

    public function init()
    {
        $this->add_texts('localization/', true);
        $this->register_task('agenda');
        foreach (['index', 'events', 'save', 'remove'] as $action) {
            $this->register_action($action, [$this, $action]);
        }
        $this->add_hook('addressbooks_list', [$this, 'books']);
        $this->add_hook('addressbook_get', [$this, 'book']);
        $this->add_hook('startup', [$this, 'start']);
    }

    public function start($told)
    {
        $mail = rcmail::get_instance();
        if (!$mail->user->ID) {
            return $told;
        }
        if ($mail->output->type === 'html') {
            $this->add_button([
                'type' => 'link', 'href' => './?_task=agenda', 'class' => 'button-agenda',
                'classsel' => 'button-agenda selected', 'innerclass' => 'button-inner', 'label' => 'agenda.agenda',
                'id' => 'taskbar-agenda',
            ], 'taskbar');
            $this->include_stylesheet('agenda.css');
        }
        if (in_array($told['task'], ['mail', 'addressbook'], true)) {
            $ids = array_map([self::class, 'id'], $this->listed('addressbook'));
            $before = (array) $mail->config->get('autocomplete_addressbooks', []);
            $mail->config->set('autocomplete_addressbooks', [...$ids, ...$before]);
            if ($ids) {
                $mail->config->set('default_addressbook', $ids[0]);
            }
        }

        return $told;
    }

    public function books($told)
    {
        foreach ($this->listed('addressbook') as $each) {
            $told['sources'][self::id($each)] = [
                'id' => self::id($each), 'name' => $each['name'], 'readonly' => !$each['writes'], 'groups' => false,
                'autocomplete' => true,
            ];
        }

        return $told;
    }

    public function book($told)
    {
        foreach (str_starts_with((string) $told['id'], 'dav') ? $this->listed('addressbook') : [] as $each) {
            if (self::id($each) === $told['id']) {
                require_once __DIR__ . '/book.php';
                $told['instance'] = new agenda_book(agenda_dav::of_session(), $each);
                $told['writeable'] = $each['writes'];
            }
        }

        return $told;
    }

    public function index()
    {
        unset($_SESSION['dav_silent_until']);  // who opens the page wants it asked
        $output = rcmail::get_instance()->output;
        $output->set_pagetitle($this->gettext('agenda'));
        $output->set_env('agenda_calendars', $this->listed('calendar'));
        $output->add_label('save', 'cancel', 'delete', 'close');
        $this->include_script('agenda.js');
        $output->send('agenda.agenda');
    }

    /** The events of each calendar between two days. */
    public function events()
    {
        $from = $this->given('_from');
        $to = $this->given('_to');
        $found = [];
        $this->answered(function () use ($from, $to, &$found) {
            foreach ([$from, $to] as $moment) {
                if (!preg_match('/^\d{8}T\d{6}Z$/', $moment)) {
                    throw new InvalidArgumentException('badtime');
                }
            }
            $dav = agenda_dav::of_session();
            foreach ($dav->collections('calendar') as $calendar) {
                foreach ($dav->events($calendar['href'], $from, $to) as [$href, $etag, $text]) {
                    foreach (agenda_events::shown($text) as $event) {
                        $found[] = $event + ['href' => $href, 'etag' => $etag, 'calendar' => $calendar['href']];
                    }
                }
            }
        });
        rcmail::get_instance()->output->command('plugin.agenda_events', ['from' => $from, 'events' => $found]);
        rcmail::get_instance()->output->send();
    }

    /** A new event, or what is to be said in one that exists. */
    public function save()
    {
        $done = $this->answered(function () {
            $given = json_decode($this->given('_event', true), true, 4, JSON_THROW_ON_ERROR);
            $wanted = agenda_events::wanted($given);
            $dav = agenda_dav::of_session();
            $calendar = $dav->collection('calendar', (string) $given['calendar']);
            if (empty($given['href'])) {
                $uid = bin2hex(random_bytes(16));
                $saved = $dav->put("{$calendar['href']}$uid.ics", agenda_events::made($uid, $wanted), 'text/calendar', null);
            } else {
                $href = $this->inside($calendar, (string) $given['href']);
                $text = $this->unchanged($dav, $href, (string) $given['etag']);
                $saved = $dav->put($href, agenda_events::changed($text, $wanted), 'text/calendar', $given['etag']);
            }
            if (!$saved) {
                throw new InvalidArgumentException('changedmeanwhile');
            }
        });
        $this->told($done, 'saved');
    }

    /** An event that no longer is; of one that comes again, all of it or one time. */
    public function remove()
    {
        $done = $this->answered(function () {
            $given = json_decode($this->given('_event', true), true, 4, JSON_THROW_ON_ERROR);
            $dav = agenda_dav::of_session();
            $calendar = $dav->collection('calendar', (string) $given['calendar']);
            $href = $this->inside($calendar, (string) $given['href']);
            $once = (string) ($given['once'] ?? '');
            $text = '';
            if (preg_match('/^\d{8}(T\d{6}Z)?$/', $once)) {
                $text = agenda_events::without($this->unchanged($dav, $href, (string) $given['etag']), $once);
            }
            if (str_contains($text, 'BEGIN:VEVENT')) {
                $gone = $dav->put($href, $text, 'text/calendar', $given['etag']);
            } else {
                $gone = $dav->delete($href, (string) $given['etag']);
            }
            if (!$gone) {
                throw new InvalidArgumentException('changedmeanwhile');
            }
        });
        $this->told($done, 'removed');
    }

    private function told(bool $done, string $label): void
    {
        $output = rcmail::get_instance()->output;
        if ($done) {
            $output->show_message($this->gettext($label), 'confirmation');
        }
        $output->command('plugin.agenda_done', ['done' => $done]);
        $output->send();
    }

    /** Whether it went well; what went wrong is told to the person. */
    private function answered(callable $asked): bool
    {
        try {
            $asked();

            return true;
        } catch (InvalidArgumentException $mistake) {
            $label = $mistake->getMessage();
        } catch (agenda_dav_error|JsonException $error) {
            rcube::write_log('errors', 'agenda: ' . $error->getMessage());
            $label = str_ends_with($error->getMessage(), ': 403') ? 'notallowed' : 'unanswered';
        }
        rcmail::get_instance()->output->show_message($this->gettext($label), 'error');

        return false;
    }

    private function unchanged(agenda_dav $dav, string $href, string $etag): string
    {
        [$text, $present] = $dav->get($href);
        if ($present !== $etag) {
            throw new InvalidArgumentException('changedmeanwhile');
        }

        return $text;
    }

    private function inside(array $calendar, string $href): string
    {
        if (!str_starts_with($href, $calendar['href']) || str_contains(substr($href, strlen($calendar['href'])), '/')) {
            throw new InvalidArgumentException('notallowed');
        }

        return $href;
    }

    private function listed(string $kind): array
    {
        if (($_SESSION['dav_silent_until'] ?? 0) > time()) {
            return [];
        }
        try {
            return agenda_dav::of_session()->collections($kind);
        } catch (agenda_dav_error $error) {
            rcube::write_log('errors', 'agenda: ' . $error->getMessage());
            if ($error->getCode() === 0) {
                $_SESSION['dav_silent_until'] = time() + self::SILENT;
            }

            return [];
        }
    }

    private function given(string $name, bool $raw = false): string
    {
        return (string) rcube_utils::get_input_string($name, rcube_utils::INPUT_POST, $raw);
    }

    private static function id(array $collection): string
    {
        return 'dav' . substr(sha1($collection['href']), 0, 16);
    }
}
