"""What stands open in a cloud account: networks, users and their keys, policies, buckets.

Summary on standard output, findings in reports/audit.json. With --fix it would block public access to buckets that do
not; with --fix --yes it does, each change in reports/changes.jsonl. Status 0: nothing of --fail-on or above is left;
1: something is; 2: it could not be told. What could not be looked at is a finding, never silence.
"""

import argparse
import datetime
import json

import cloud
from cloud import CloudError

SEVERITIES = ["low", "medium", "high", "critical"]
# Days after which a key that is used should have been replaced.
KEY_DAYS = 90
# Ports that nobody should reach from everywhere.
DELICATE = {22: "ssh", 3389: "rdp", 3306: "mysql", 5432: "postgres", 6379: "redis", 9200: "elasticsearch", 27017: "mongodb"}
WEB = {80, 443}
EVERYWHERE = {"0.0.0.0/0", "::/0"}
BLOCKS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]


class Findings(list):
    def add(self, severity, resource, text, region="global"):
        self.append({"severity": severity, "region": region, "resource": resource, "text": text})


def networks(aws, found):
    regions = [r["RegionName"] for r in aws.read("ec2", "describe-regions")["Regions"] if r["OptInStatus"] != "not-opted-in"]
    looked = 0
    for region in sorted(regions):
        try:
            groups = aws.all("SecurityGroups", "ec2", "describe-security-groups", "--region", region)
        except CloudError as why:
            found.add("medium", "security groups", f"could not be looked at: {why}", region)
            continue
        looked += len(groups)
        for group in groups:
            for rule in group["IpPermissions"]:
                ranges = [r["CidrIp"] for r in rule.get("IpRanges", [])] + [r["CidrIpv6"] for r in rule.get("Ipv6Ranges", [])]
                if EVERYWHERE & set(ranges):
                    judge(found, region, f"{group['GroupId']} ({group['GroupName']})", rule)
    return looked, len(regions)


def judge(found, region, group, rule):
    """One rule that lets everybody in."""
    protocol = rule["IpProtocol"]
    if protocol == "-1":
        return found.add("critical", group, "everything is open to everybody", region)
    if protocol not in ("tcp", "udp"):
        return None
    first, last = rule["FromPort"], rule["ToPort"]
    if (first, last) == (0, 65535):
        return found.add("critical", group, f"all {protocol} ports are open to everybody", region)
    delicate = [f"{name} ({port})" for port, name in DELICATE.items() if first <= port <= last]
    if delicate:
        return found.add("high", group, f"{', '.join(delicate)} open to everybody", region)
    if not set(range(first, last + 1)) <= WEB:
        found.add("low", group, f"{protocol} {first}-{last} open to everybody", region)
    return None


def users(aws, found, today):
    all_users = aws.all("Users", "iam", "list-users")
    for user in all_users:
        name = user["UserName"]
        if "PasswordLastUsed" in user and not aws.all("MFADevices", "iam", "list-mfa-devices", "--user-name", name):
            found.add("high", name, "signs in with a password and no second factor")
        for key in aws.all("AccessKeyMetadata", "iam", "list-access-keys", "--user-name", name):
            age = (today - datetime.datetime.fromisoformat(key["CreateDate"].replace("Z", "+00:00")).date()).days
            if key["Status"] == "Active" and age > KEY_DAYS:
                found.add("medium", f"{name} {key['AccessKeyId'][:4]}…{key['AccessKeyId'][-4:]}", f"an active key of {age} days")
    return len(all_users)


def as_list(value):
    return value if isinstance(value, list) else [value]


def policies(aws, found):
    documents = []
    for page in aws.pages("iam", "get-account-authorization-details", "--filter", "User", "Role", "Group", "LocalManagedPolicy"):
        for policy in page.get("Policies", []):
            current = next(v for v in policy["PolicyVersionList"] if v["IsDefaultVersion"])
            documents.append((f"policy {policy['PolicyName']}", policy["AttachmentCount"] > 0, current["Document"]))
        for member, inline in (("UserDetailList", "UserPolicyList"), ("RoleDetailList", "RolePolicyList"), ("GroupDetailList", "GroupPolicyList")):
            for holder in page.get(member, []):
                for policy in holder.get(inline, []):
                    documents.append((f"{holder['Arn'].rsplit(':', 1)[-1]} {policy['PolicyName']}", True, policy["PolicyDocument"]))
    for name, attached, document in documents:
        for statement in as_list(document["Statement"]):
            everything = "*" in as_list(statement.get("Action", [])) and "*" in as_list(statement.get("Resource", []))
            if statement["Effect"] == "Allow" and everything and "Condition" not in statement:
                severity = "critical" if attached else "low"
                found.add(severity, name, f"allows everything on everything{'' if attached else ', attached to nobody'}")
    return len(documents)


def buckets(aws, found, reports, args):
    names = [b["Name"] for b in aws.all("Buckets", "s3api", "list-buckets")]
    for name in names:
        try:
            block = aws.read("s3api", "get-public-access-block", "--bucket", name)["PublicAccessBlockConfiguration"]
        except CloudError as why:
            if why.code != "NoSuchPublicAccessBlockConfiguration":
                found.add("medium", name, f"could not be looked at: {why}")
                continue
            block = {}
        missing = [b for b in BLOCKS if not block.get(b)]
        if missing and not (args.fix and fix(aws, reports, args, name, block)):
            found.add("high", name, f"does not block public access: {', '.join(missing)}")
    return len(names)


def fix(aws, reports, args, bucket, before):
    """Blocks public access to a bucket; whether that was done."""
    after = {block: True for block in BLOCKS}
    what, where = "s3api put-public-access-block", f"bucket {bucket}"
    if not args.yes:
        reports.planned(what, where, before, after)
        return False
    with reports.changing(what, where, before, after):
        aws.change(
            "s3api", "put-public-access-block", "--bucket", bucket, "--public-access-block-configuration", json.dumps(after)
        )
    return True


def run():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--today", type=datetime.date.fromisoformat, default=datetime.date.today(), help="for the age of keys")
    args.add_argument("--fail-on", choices=SEVERITIES, default="high")
    args.add_argument("--fix", action="store_true", help="say which buckets would be closed")
    args.add_argument("--yes", action="store_true", help="really do what --fix says")
    args.add_argument("--reports", default="reports", metavar="DIR")
    args = args.parse_args()

    aws, reports, found = cloud.Cloud(), cloud.Reports(args.reports), Findings()
    groups, regions = networks(aws, found)
    people = users(aws, found, args.today)
    rules = policies(aws, found)
    stores = buckets(aws, found, reports, args)
    found.sort(key=lambda f: (-SEVERITIES.index(f["severity"]), f["region"], f["resource"]))
    looked = {"regions": regions, "security_groups": groups, "users": people, "policies": rules, "buckets": stores}
    path = reports.save("audit.json", {"looked_at": looked, "findings": found})

    print("looked at " + ", ".join(f"{n} {what.replace('_', ' ')}" for what, n in looked.items()))
    count = {s: sum(f["severity"] == s for f in found) for s in reversed(SEVERITIES)}
    print(f"{len(found)} findings: " + ", ".join(f"{n} {s}" for s, n in count.items()))
    for finding in found[:5]:
        print(f"{finding['severity']}: {finding['region']} {finding['resource']}: {finding['text']}")
    print(f"{aws.sentence()}; detail in {path}")
    limit = SEVERITIES.index(args.fail_on)
    return int(any(SEVERITIES.index(f["severity"]) >= limit for f in found))


cloud.main(run)
