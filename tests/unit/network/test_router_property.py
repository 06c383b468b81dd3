"""Any pair of intentions of an edge router: the plan, typed line by line, ends at the second, and RESINA is answered.

What must be true is said in tests/dialects/isr.py.
"""

from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from tests.dialects.isr import EXAMPLES, MANY, Trial, Wish, wishes


@settings(
    max_examples=EXAMPLES,
    derandomize=not MANY,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.generate, Phase.shrink],
)
@given(before=wishes(bare=True), after=wishes())
def test_cisco_ios_router(tmp_path: Path, before: Wish, after: Wish) -> None:
    Trial(tmp_path).run(before, after)
