#!/bin/sh
# In scikit-learn, the Poisson, gamma and Tweedie deviances lose their digits where predictions are
# close to truths, even with float64 inputs: each value is a difference of terms that are far larger
# than it. For arrivals as Unix times, predicted to within 6 seconds, the means are off by more than
# 5 %, and the gamma deviance is negative, which no deviance can be. How far they are off may depend
# on the processor. The exact values are computed here with 60 decimal digits.
#
# Seen with scikit-learn 1.7.2 and numpy 2.2.6, with Python 3.11 on x86-64 Linux:
#   power 1: 1.073e-08, exactly 8.241e-9
#   power 1.5: 2.183e-13, exactly 1.999e-13
#   power 2: -4.552e-17, exactly 4.848e-18
#
# Needs Debian's python3-venv. Fails if a mean is within 5 % of the exact one.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-learn==1.7.2 numpy==2.2.6
cat > "$folder/deviances.py" <<'PY'
from decimal import Decimal, getcontext

from sklearn.metrics import mean_tweedie_deviance

getcontext().prec = 60


def exact(truth, prediction, power):
    y, p = Decimal(truth), Decimal(prediction)
    if power == 1:
        return 2 * (y * (y / p).ln() - (y - p))
    if power == 2:
        return 2 * ((p / y).ln() + y / p - 1)
    a, b = 1 - Decimal(power), 2 - Decimal(power)
    return 2 * (y**b / (a * b) - y * p**a / a + p**b / b)


# Truths over some two hours, and errors from -6 to 6 seconds.
truths = [1.7e9 + 18.25 * sample for sample in range(400)]
predictions = [truth + sample * 5 % 13 - 6 for sample, truth in enumerate(truths)]
for power in (1, 1.5, 2):
    found = mean_tweedie_deviance(truths, predictions, power=power)
    mean = sum(map(exact, truths, predictions, [power] * 400)) / 400
    print(f"power {power}: {found:.4g}, exactly {mean:.4g}")
    if abs(Decimal(found) - mean) <= mean / 20:
        raise SystemExit("the means are closer to the exact ones than described")
PY
"$folder/venv/bin/python" "$folder/deviances.py"
