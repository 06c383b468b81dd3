"""The answers to Postfix: what a recipient outside meets, and what becomes of a message that passes a limit."""

import re
import time
from collections.abc import Awaitable, Callable, Mapping

from .ledger import Ledger
from .rules import Rules

OUTSIDE = "hors de l'administration"
# SMTP replies are ASCII: no accents.
FOREIGN = f"550 5.7.1 Un message sans compte de chez nous ne part pas {OUTSIDE} (no account of ours sends this)"
BEYOND = {
    "internal": f"550 5.7.1 Ce compte n'ecrit pas {OUTSIDE} (this account writes inside only)",
    "national": "550 5.7.1 Ce compte n'ecrit pas hors du pays (this account writes inside the country only)",
}
TOO_MANY = "550 5.5.3 Pas plus de {} destinataires " + OUTSIDE + " par message (too many recipients)"
FULL = "554 5.7.1 Limite d'envoi atteinte et {} messages deja retenus : voir le service informatique (too many held)"
FRESH = 30.0  # seconds that an answer of Postfix about its queue is good for

StillHeld = Callable[[], Awaitable[set[str] | None]]


class Decisions:
    """Answers requests of Postfix (SMTPD_POLICY_README), those of `sender` where nobody logged in: rules send by it."""

    def __init__(self, rules: Callable[[], Rules], ledger: Ledger, still_held: StillHeld) -> None:
        self._rules, self._ledger, self._still_held = rules, ledger, still_held
        self._asked = 0.0

    async def answer(self, asked: Mapping[str, str]) -> str:
        """The action for a request."""
        stage, context = asked.get("protocol_state"), asked.get("policy_context")
        if context == "part":
            return await self._part(asked) if stage == "END-OF-MESSAGE" else "DUNNO"
        account = plain(asked.get("sasl_username") or asked.get("sender", ""))
        if stage == "RCPT":
            return await self._recipient(asked, account)
        return await self._message(asked, account) if stage == "END-OF-MESSAGE" else "DUNNO"

    async def _recipient(self, asked: Mapping[str, str], account: str) -> str:
        rules, recipient, message = self._rules(), asked.get("recipient", ""), asked.get("instance", "")
        if rules.distance(recipient) == "internal":
            return "DUNNO"
        allowed = rules.accounts.get(account)
        if allowed is None:
            return FOREIGN
        if not rules.reaches(account, recipient):
            return BEYOND[allowed.reach]
        others = self._ledger.named(message)
        if len(others) >= allowed.recipients_per_message:
            return TOO_MANY.format(allowed.recipients_per_message)
        if self._ledger.passed(account, allowed, len(others) + 1) and await self._is_full(account, allowed.held):
            return FULL.format(allowed.held)
        self._ledger.name(message, recipient)
        return "DUNNO"

    async def _message(self, asked: Mapping[str, str], account: str) -> str:
        message = asked.get("instance", "")
        outside = self._ledger.named(message)
        allowed = self._rules().accounts.get(account)
        if not outside:
            return "DUNNO"
        if allowed is None:
            return FOREIGN
        limit = self._ledger.passed(account, allowed, len(outside))
        if not limit:
            self._ledger.send(account, message, len(outside))
            return "DUNNO"
        if await self._is_full(account, allowed.held):
            return FULL.format(allowed.held)
        if int(asked.get("recipient_count") or 0) > len(outside):
            self._ledger.part(account, asked.get("sender", "").lower(), message, limit)
            print(f"{account} passed {limit}: {asked.get('queue_id')} goes on in parts", flush=True)
            return "FILTER part:[127.0.0.1]:10588"  # where the parts come in (master.cf)
        return self._hold(account, asked.get("queue_id", ""), message, limit)

    async def _part(self, asked: Mapping[str, str]) -> str:
        """One recipient's part of a message that passed a limit."""
        recipient, sender = asked.get("recipient", ""), asked.get("sender", "").lower()
        if self._rules().distance(recipient) == "internal":
            return "DUNNO"
        account = self._ledger.owner_of_part(sender, recipient) or plain(sender)
        allowed = self._rules().accounts.get(account)
        limit = self._ledger.passed(account, allowed, 1) if allowed else ""
        answer = self._hold(account, asked.get("queue_id", ""), "", limit or "per_hour")
        self._ledger.came(sender, recipient)
        return answer

    def _hold(self, account: str, queue_id: str, message: str, limit: str) -> str:
        self._ledger.hold(account, queue_id, message, limit)
        print(f"{account} passed {limit}: {queue_id} is held", flush=True)
        return f"HOLD {account} passed {limit}"

    async def _is_full(self, account: str, bound: int) -> bool:
        """Whether as many messages wait as may; where some seem to, Postfix is asked what it still holds."""
        if self._ledger.held(account) and time.monotonic() > self._asked + FRESH:
            before = time.time()
            ids = await self._still_held()
            if ids is not None:
                self._asked = time.monotonic()
                self._ledger.keep(ids, before - FRESH)  # what was held a moment ago may not be in the queue yet
        return self._ledger.held(account) >= bound


def plain(address: str) -> str:
    """An address without its + part, as accounts are called."""
    return re.sub(r"\+[^@]*@", "@", address.lower())
