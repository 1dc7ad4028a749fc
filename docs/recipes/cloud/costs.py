"""What a cloud costs by service: the trend, what moved, days that stand out, and what it says could be saved.

Changes nothing. Summary on standard output, detail in reports/costs.json. Every figure is one that was given or a sum,
a mean or a median of such: nothing is guessed. Days that are marked as estimated count in the total and nowhere else.
Status 0; 2 when nothing could be told.
"""

import argparse
import datetime
import statistics
from collections import defaultdict
from decimal import ROUND_HALF_EVEN, Decimal

import cloud
from cloud import CloudError

# A day stands out above this many times the usual distance from the median of the days before it,
DISTANCE = 6
# if there were so many,
BEFORE = 7
# and it is at least so much above that median.
LEAST = Decimal("5")


def money(amount):
    return str(amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN))


def fetch(aws, args):
    """Cost by day and service, the days that are estimated, and the unit."""
    by, estimated, units = defaultdict(lambda: defaultdict(Decimal)), set(), set()
    pages = aws.pages(
        "ce", "get-cost-and-usage", "--time-period", f"Start={args.start},End={args.end}", "--granularity", "DAILY",
        "--metrics", "UnblendedCost", "--group-by", "Type=DIMENSION,Key=SERVICE",
        flag="--next-page-token", key="NextPageToken", paged=False,
    )  # fmt: skip
    for page in pages:
        # A page may end in the middle of a day, which then goes on with the next one.
        for span in page["ResultsByTime"]:
            day = span["TimePeriod"]["Start"]
            if span["Estimated"]:
                estimated.add(day)
            for group in span["Groups"]:
                cost = group["Metrics"]["UnblendedCost"]
                units.add(cost["Unit"])
                by[day][group["Keys"][0]] += Decimal(cost["Amount"])
    if len(units) > 1:
        raise CloudError("ce get-cost-and-usage", "", f"it answers in several currencies: {', '.join(sorted(units))}")
    return by, estimated, units.pop() if units else "USD"


def savings(aws, unit):
    """What the cloud itself says could be saved a month, one entry a resource."""
    found = []
    for entry in aws.all(
        "RightsizingRecommendations", "ce", "get-rightsizing-recommendation", "--service", "AmazonEC2",
        flag="--next-page-token", key="NextPageToken", paged=False,
    ):  # fmt: skip
        if entry["RightsizingType"].upper() == "TERMINATE":
            offers, how = [entry["TerminateRecommendationDetail"]], "terminate"
        else:
            # Of several, only one can be taken.
            offers, how = entry["ModifyRecommendationDetail"]["TargetInstances"], "modify"
        best = max((o for o in offers if o["CurrencyCode"] == unit), key=saved, default=None)
        if best is not None:
            found.append({"resource": entry["CurrentInstance"]["ResourceId"], "how": how, "month": money(saved(best))})
    return sorted(found, key=lambda s: -Decimal(s["month"]))


def saved(offer):
    return Decimal(offer["EstimatedMonthlySavings"])


def anomalies(services, by, days):
    found = []
    for service in services:
        costs = [by[day][service] for day in days]
        for at in range(BEFORE, len(days)):
            before = costs[:at]
            middle = statistics.median(before)
            # Where nothing ever varied, one unit in a hundred counts as usual.
            usual = max(statistics.median(abs(c - middle) for c in before), middle / 100)
            over = costs[at] - middle
            if over > DISTANCE * usual and over >= LEAST:
                found.append(
                    {"day": days[at], "service": service, "cost": money(costs[at]), "usual": money(middle), "over": money(over)}
                )
    return sorted(found, key=lambda a: -Decimal(a["over"]))


def run():
    today = datetime.date.today()
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--start", default=str(today - datetime.timedelta(days=30)), help="first day, as 2026-05-01")
    args.add_argument("--end", default=str(today), help="the day after the last")
    args.add_argument("--reports", default="reports", metavar="DIR")
    args = args.parse_args()

    aws, reports = cloud.Cloud(), cloud.Reports(args.reports)
    by, estimated, unit = fetch(aws, args)
    if not by:
        print(f"no cost from {args.start} to {args.end}")
        return 0
    services = sorted({service for day in by.values() for service in day})
    total = {s: sum((by[day][s] for day in by), Decimal(0)) for s in services}
    daily = {day: sum(by[day].values(), Decimal(0)) for day in sorted(by)}
    days = [day for day in daily if day not in estimated]
    last, before = days[-7:], days[-14:-7]
    moved = []
    if len(before) == 7:
        for service in services:
            was, is_ = (sum((by[day][service] for day in week), Decimal(0)) for week in (before, last))
            moved.append({"service": service, "before": money(was), "last": money(is_), "change": money(is_ - was)})
        moved.sort(key=lambda m: -abs(Decimal(m["change"])))
    odd, could = anomalies(services, by, days), savings(aws, unit)
    month = sum((Decimal(s["month"]) for s in could), Decimal(0))
    path = reports.save("costs.json", {
        "start": args.start, "end": args.end, "unit": unit, "total": money(sum(total.values(), Decimal(0))),
        "estimated_days": sorted(estimated), "services": {s: money(total[s]) for s in services},
        "daily": {day: money(cost) for day, cost in daily.items()}, "movers": moved, "anomalies": odd,
        "savings": could, "savings_a_month": money(month),
    })  # fmt: skip

    print(f"{money(sum(total.values(), Decimal(0)))} {unit} in {len(daily)} days, {len(estimated)} of them estimated")
    if moved:
        was, is_ = (sum((daily[day] for day in week), Decimal(0)) for week in (before, last))
        share = f" ({(is_ - was) / was * 100:+.1f} %)" if was else ""
        print(f"last 7 days {money(is_)}, the 7 before {money(was)}{share}")
        print("moved most: " + "; ".join(f"{m['service']} {Decimal(m['change']):+}" for m in moved[:3]))
    top = sorted(services, key=lambda s: -total[s])[:3]
    print("costs most: " + "; ".join(f"{s} {money(total[s])}" for s in top))
    first = f", the first: {odd[0]['service']} on {odd[0]['day']}, {odd[0]['over']} above {odd[0]['usual']}" if odd else ""
    print(f"{len(odd)} days stand out{first}")
    print(f"{money(month)} {unit} a month could be saved on {len(could)} machines, says the cloud; nothing was changed")
    print(f"{aws.sentence()}; detail in {path}")
    return 0


cloud.main(run)
