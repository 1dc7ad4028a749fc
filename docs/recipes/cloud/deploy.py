"""Rolls a service to a task definition, region by region, and takes a region back that does not become healthy.

Without --yes it only says what it would do. Summary on standard output, detail in reports/deploy.json, each change in
reports/changes.jsonl. Status 0: all regions run it; 1: a region was taken back, and those after it were left alone;
2: nothing could be told, or a region was not well to begin with: nothing was changed.
"""

import argparse
import signal

import cloud
from cloud import CloudError


class Unwell(Exception):
    """A region that is not as it must be."""


class Region:
    def __init__(self, aws, name, cluster, service):
        self.aws, self.name, self.cluster, self.service = aws, name, cluster, service
        self.where = f"{name} {cluster}/{service}"

    def find(self):
        """What runs there now."""
        arns = self.aws.all("serviceArns", "ecs", "list-services", "--cluster", self.cluster, "--region", self.name)
        if not any(arn.rsplit("/", 1)[-1] == self.service for arn in arns):
            raise Unwell(f"{self.where}: there is no such service among {len(arns)}")
        return self.look()

    def look(self):
        answer = self.aws.read(
            "ecs", "describe-services", "--cluster", self.cluster, "--services", self.service, "--region", self.name
        )
        for failure in answer.get("failures", []):
            raise Unwell(f"{self.where}: {failure.get('reason')}")
        return answer["services"][0]

    def health(self, service):
        """Targets that are healthy, and why the others are not."""
        healthy, why = 0, []
        for balancer in service["loadBalancers"]:
            answer = self.aws.read(
                "elbv2", "describe-target-health", "--target-group-arn", balancer["targetGroupArn"], "--region", self.name
            )
            for target in answer["TargetHealthDescriptions"]:
                state = target["TargetHealth"]
                if state["State"] == "healthy":
                    healthy += 1
                else:
                    why.append(f"{target['Target']['Id']} is {state['State']} ({state.get('Reason', 'no reason')})")
        return healthy, why

    def settled(self, service):
        """Whether it runs what it should on healthy targets only; else why not."""
        primary = next(d for d in service["deployments"] if d["status"] == "PRIMARY")
        state = primary.get("rolloutState", "COMPLETED")
        if state == "FAILED":
            raise Unwell(f"{self.where}: the rollout failed: {primary.get('rolloutStateReason', '')}")
        healthy, why = self.health(service)
        if state != "COMPLETED":
            return f"the rollout is {state}"
        if service["runningCount"] < service["desiredCount"]:
            return f"{service['runningCount']} of {service['desiredCount']} tasks run"
        if why or (service["loadBalancers"] and healthy < service["desiredCount"]):
            return "; ".join(why) or f"{healthy} of {service['desiredCount']} targets are healthy"
        return None

    def move(self, reports, before, after):
        with reports.changing("ecs update-service", self.where, before, after):
            self.aws.change(
                "ecs", "update-service", "--cluster", self.cluster, "--service", self.service,
                "--task-definition", after, "--region", self.name,
            )  # fmt: skip

    def wait(self, looks):
        """Waits until it has settled: looks that often at the most, ever more rarely."""
        why = "nobody looked"
        for look in range(looks):
            why = self.settled(self.look())
            if why is None:
                return look + 1
            self.aws.pause(look)
        raise Unwell(f"{self.where}: {why} after {looks} looks")


def short(task_definition):
    return task_definition.rsplit("/", 1)[-1]


def roll(args, aws, reports, regions, detail):
    """Region after region; true when all of them run it."""
    for region, entry in zip(regions, detail):
        before = entry["before"]
        if before == args.task_definition:
            entry["result"] = "had it already"
            continue
        if not args.yes:
            reports.planned("ecs update-service", region.where, before, args.task_definition)
            entry["result"] = "would be rolled"
            continue
        try:
            region.move(reports, before, args.task_definition)
            entry["looks"] = region.wait(args.looks)
            entry["result"] = "rolled"
        except (Unwell, CloudError, KeyboardInterrupt) as why:
            entry["why"] = str(why) or "interrupted"
            take_back(args, reports, region, entry)
            return False
    return True


def take_back(args, reports, region, entry):
    try:
        region.move(reports, args.task_definition, entry["before"])
        region.wait(args.looks)
        entry["result"] = "taken back"
    except (Unwell, CloudError) as why:
        entry["result"] = "LEFT BROKEN"
        entry["why"] += f"; and back: {why}"


def run():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--cluster", required=True)
    args.add_argument("--service", required=True)
    args.add_argument("--task-definition", required=True, metavar="NAME:REVISION")
    args.add_argument("--regions", required=True, help="in this order, with commas")
    args.add_argument("--looks", type=int, default=12, help="how often a region is looked at before it is given up")
    args.add_argument("--reports", default="reports", metavar="DIR")
    args.add_argument("--yes", action="store_true", help="really do it")
    args = args.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    aws, reports = cloud.Cloud(), cloud.Reports(args.reports)
    regions = [Region(aws, name.strip(), args.cluster, args.service) for name in args.regions.split(",")]
    detail = []
    # All regions are looked at before the first is changed.
    for region in regions:
        try:
            service = region.find()
            why = region.settled(service)
        except Unwell as unwell:
            service, why = None, str(unwell)
        if why is not None:
            print(f"nothing changed: {region.where} is not well: {why}")
            return 2
        detail.append({"region": region.name, "before": short(service["taskDefinition"]), "result": "left alone"})

    complete = roll(args, aws, reports, regions, detail)
    path = reports.save("deploy.json", {"to": args.task_definition, "dry_run": not args.yes, "regions": detail})
    for entry in detail:
        print(f"{entry['region']}: {entry['result']}{': ' + entry['why'] if 'why' in entry else ''}")
    done = sum(entry["result"] in ("rolled", "had it already") for entry in detail)
    print(f"{done} of {len(detail)} regions run {args.task_definition}; {aws.sentence()}; detail in {path}")
    return 0 if complete else 1


cloud.main(run)
