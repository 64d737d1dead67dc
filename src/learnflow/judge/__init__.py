"""The judge: runs students' programs in a sandbox and decides, outside of it, what each test case's verdict is.

A plain library: no database, no web, nothing else of ours. A pool of warm forkers isolates (pool.py), `judge_code`
runs the cases of a submission over it (run.py), `assess` decides (scoring.py). inside/forker.py says what is trusted
and what is not.
"""

from learnflow.judge.cases import Case, Comparison, parse_cases
from learnflow.judge.child import ForkerLost
from learnflow.judge.doctor import probe
from learnflow.judge.limits import CaseError, Limits
from learnflow.judge.modules import ModulesUnavailable
from learnflow.judge.offered import OfferedModules, examine_modules
from learnflow.judge.pool import ForkerPool
from learnflow.judge.run import JUDGE_VERSION, judge_code, run_code
from learnflow.judge.scoring import assess
from learnflow.judge.tier import Finding, JudgeUnavailable, Tier, TierReport, TierState
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
