"""A host's connector that remembers answers, lets through only what was planned, and does not wait for ever."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, TypeVar

import gevent
from gevent.subprocess import PIPE, Popen
from paramiko import Channel, SSHException
from pyinfra.api import StringCommand
from pyinfra.api.exceptions import PyinfraError
from pyinfra.api.host import Host
from pyinfra.connectors.local import LocalConnector
from pyinfra.connectors.ssh import SSHConnector
from pyinfra.connectors.util import CommandOutput, make_unix_command_for_host

from deploys.engine.answers import Answers, Batch

T = TypeVar("T")
Guard = Callable[[StringCommand | str], None]

# What is said of a change that ended otherwise than by its own status: its step is named by who ran it.
CHANGE = "it may still run there, and the next run completes it"

# How a command is run, not what it is: these do not tell two questions apart.
_OF_THE_RUN = ("_get_pty", "_timeout", "_stdin", "_success_exit_codes")


class HostError(PyinfraError):
    """A host did not do what it was asked; the message is one line."""


class LostError(HostError):
    """A host does not answer any more."""


class Observed:
    """Stands before the connector of a host, which does the work."""

    def __init__(self, host: Host, answers: Answers, answered_within: float, changed_within: float) -> None:
        self._host = host
        self._connector: Any = host.connector
        self.answers = answers
        self.answered_within, self.changed_within = answered_within, changed_within
        self.questions: list[str] = []  # of the step at hand
        self.changed = False  # whether this run changed anything on the host
        self.guard: Guard | None = None
        self._asking = 0
        self._ahead: tuple[Batch, Channel] | None = None  # asked, and not yet heard
        host.connector = self  # type: ignore[assignment]  # it stands before one, and has all its methods
        ask = host.get_fact

        def get_fact(*arguments: Any, **keywords: Any) -> Any:
            with self.asking():
                return ask(*arguments, **keywords)

        host.get_fact = get_fact  # type: ignore[method-assign]  # pyinfra has no hook around facts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connector, name)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """What runs meanwhile asks, and changes nothing."""
        self._asking += 1
        try:
            yield
        finally:
            self._asking -= 1

    def run_shell_command(
        self, command: StringCommand, print_output: bool = False, print_input: bool = False, **arguments: Any
    ) -> tuple[bool, CommandOutput]:
        if self._asking and not arguments.get("_stdin"):
            return True, self._answer(command, arguments)
        if not self._asking:
            self._will_change(command)
        try:
            return self._within(
                self.changed_within if not self._asking else self.answered_within,
                lambda: self._run(command, print_output, print_input, **arguments),
                str(command) if self._asking else CHANGE,
            )
        finally:
            self._forget()

    def put_file(self, filename_or_io: Any, remote_filename: str, *arguments: Any, **keywords: Any) -> bool:
        self._will_change(remote_filename)
        try:
            return self._within(
                self.changed_within,
                lambda: bool(self._connector.put_file(filename_or_io, remote_filename, *arguments, **keywords)),
                CHANGE,
            )
        finally:
            self._forget()

    def question(self, command: StringCommand, **arguments: Any) -> str:
        """The command as the host's shell gets it: what an answer is known by."""
        of_the_command = {key: value for key, value in arguments.items() if key not in _OF_THE_RUN}
        made = make_unix_command_for_host(self._host.state, self._host, command, **of_the_command)
        return str(made.get_raw_value())

    def _will_change(self, command: StringCommand | str) -> None:
        if self.guard:
            self.guard(command)
        self.changed = True
        self.answers.commands += 1

    def _answer(self, command: StringCommand, arguments: dict[str, Any]) -> CommandOutput:
        question = self.question(command, **arguments)
        self.answers.asked[question] = None
        self.questions.append(question)
        self._hear()
        if question not in self.answers.known:
            batch = self.answers.batch(question)
            if len(batch) > 1 and isinstance(self._connector, SSHConnector | LocalConnector):
                self._ask_together(batch)
        if question not in self.answers.known:
            self.answers.known[question] = self._ask_alone(command, arguments)
        return self.answers.known[question]

    def _ask_alone(self, command: StringCommand, arguments: dict[str, Any]) -> CommandOutput:
        self.answers.commands += 1
        succeeded, output = self._within(self.answered_within, lambda: self._run(command, **arguments), str(command))
        if not succeeded:
            said = (output.stderr_lines or output.stdout_lines or ["it failed"])[-1]
            raise HostError(f"cannot tell its state: {short(str(command))}: {said}")
        return output

    def _run(self, command: StringCommand, *options: Any, **arguments: Any) -> tuple[bool, CommandOutput]:
        ran: tuple[bool, CommandOutput] = self._connector.run_shell_command(command, *options, **arguments)
        if not ran[0] and isinstance(self._connector, SSHConnector):
            # For paramiko, a command whose connection is lost has just ended without a status.
            transport = self._connector.client.get_transport() if self._connector.client else None
            if transport is None or not transport.is_active() or transport.saved_exception:
                raise EOFError
        return ran

    def _ask_together(self, questions: list[str]) -> None:
        self.answers.commands += 1
        batch = Batch(questions)
        what = f"{len(questions)} questions at once"
        output = self._within(self.answered_within, lambda: self._run_script(batch.script), what)
        self.answers.known.update(batch.answers(output))

    def ask_ahead(self) -> None:
        """Put the questions that are expected to the host, which looks for the answers while we load what asks them.

        Where that fails nothing is lost: who asks later hears why.
        """
        if not self.answers.expected or not isinstance(self._connector, SSHConnector):
            return
        batch = Batch(self.answers.expected)
        with suppress(LostError):
            channel = self._within(self.answered_within, lambda: self._begun(batch.script), "asking ahead")
            self.answers.commands += 1
            self.answers.expected = []
            self._ahead = batch, channel

    def _hear(self) -> None:
        """Hear what was asked ahead."""
        if self._ahead is None:
            return
        (batch, channel), self._ahead = self._ahead, None
        what = f"{len(batch.questions)} questions at once"
        output = self._within(self.answered_within, lambda: self._heard(channel), what)
        self.answers.known.update(batch.answers(output))

    def _forget(self) -> None:
        """Something changed, or may have: what is known and what was asked ahead is of before."""
        if self._ahead:
            self._ahead[1].close()
            self._ahead = None
        self.answers.forget()

    def _run_script(self, script: str) -> str:
        """Feed a script to a shell on the host; returns what it prints."""
        if isinstance(self._connector, LocalConnector):
            process = Popen(["sh", "-s"], stdin=PIPE, stdout=PIPE)
            return str(process.communicate(script.encode())[0].decode(errors="replace"))
        return self._heard(self._begun(script))

    def _begun(self, script: str) -> Channel:
        """A shell on the host that was fed a script."""
        channel: Channel = self._connector.client.get_transport().open_session()
        channel.exec_command("sh -s")
        channel.sendall(script.encode())
        channel.shutdown_write()
        return channel

    def _heard(self, channel: Channel) -> str:
        """All that it prints."""
        with closing(channel):
            return b"".join(iter(lambda: channel.recv(1 << 20), b"")).decode(errors="replace")

    def _within(self, seconds: float, work: Callable[[], T], what: str) -> T:
        limit = gevent.Timeout(seconds)
        try:
            with limit:
                return work()
        except gevent.Timeout as timeout:
            if timeout is not limit:
                raise
            self._hang_up()
            raise LostError(f"no answer within {seconds:g} s: {short(what)}") from None
        except (OSError, SSHException, EOFError) as error:
            said = str(error) or "closed by the host"
            raise LostError(f"the connection was lost ({said}): {short(what)}") from None

    def _hang_up(self) -> None:
        """Nothing waits any more for a host that does not answer."""
        if isinstance(self._connector, SSHConnector) and self._connector.client:
            self._connector.client.close()


class Blank:
    """Stands in for a host that has nothing yet and cannot be reached: every question has an empty answer."""

    def __init__(self, host: Host) -> None:
        self._connector = host.connector
        host.connector = self  # type: ignore[assignment]  # as above
        host.connected = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connector, name)

    def run_shell_command(self, *_arguments: Any, **_keywords: Any) -> tuple[bool, CommandOutput]:
        return True, CommandOutput([])


def short(text: str) -> str:
    """A command on one line of a report."""
    line = " ".join(text.split())
    return line if len(line) <= 160 else f"{line[:157]}..."
