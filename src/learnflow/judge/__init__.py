"""The judge: runs students' programs in a sandbox and decides, outside of it, what each test case's verdict is.

A plain library: no database, no web, nothing else of ours. `judge_code` runs the cases of a submission (run.py),
`assess` decides (scoring.py). sandbox/ isolates; inside/ is what runs in there, and inside/forker.py says what is
trusted and what is not; explain/ finds the words; property/ is a kind of case by itself.
"""

from learnflow.judge.cases import Case, Comparison, parse_cases
from learnflow.judge.limits import CaseError, Limits
from learnflow.judge.run import JUDGE_VERSION, judge_code, run_code
from learnflow.judge.sandbox.child import ForkerLost
from learnflow.judge.sandbox.doctor import probe
from learnflow.judge.sandbox.modules import ModulesUnavailable
from learnflow.judge.sandbox.offered import OfferedModules, examine_modules
from learnflow.judge.sandbox.pool import ForkerPool
from learnflow.judge.sandbox.tier import Finding, JudgeUnavailable, Tier, TierReport, TierState
from learnflow.judge.scoring import assess
from learnflow.judge.trace import Trace, trace_code
from learnflow.judge.verdicts import CaseResult, ErrorDetail, Execution, Judgement, RunResult, Verdict

__all__ = [
    "JUDGE_VERSION",
    "Case",
    "CaseError",
    "CaseResult",
    "Comparison",
    "ErrorDetail",
    "Execution",
    "Finding",
    "ForkerLost",
    "ForkerPool",
    "JudgeUnavailable",
    "Judgement",
    "Limits",
    "ModulesUnavailable",
    "OfferedModules",
    "RunResult",
    "Tier",
    "TierReport",
    "TierState",
    "Trace",
    "Verdict",
    "assess",
    "examine_modules",
    "judge_code",
    "parse_cases",
    "probe",
    "run_code",
    "trace_code",
]
