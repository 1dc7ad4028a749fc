"""What the tools print, as small functions: kubectl, helm, the AWS command line, PostgreSQL's log."""

import hashlib
import json

DAY = "2026-03-14"


def stamp(minute, offset=0):
    """`minute` minutes after midnight (may have a fraction) as RFC 3339; `offset` seconds are added."""
    seconds = round(minute * 60) + offset
    return f"{DAY}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def z(minute, offset=0):
    return stamp(minute, offset) + "Z"


def aws(minute, offset=0):
    return stamp(minute, offset) + "+00:00"


def at(clock):
    """Minutes after midnight of `HH:MM` or `HH:MM:SS`."""
    parts = [int(p) for p in clock.split(":")]
    return parts[0] * 60 + parts[1] + (parts[2] / 60 if len(parts) > 2 else 0)


def digest(*parts):
    return hashlib.sha256("/".join(str(p) for p in parts).encode()).hexdigest()


def noise(name, index):
    """Between -1 and 1, the same each time."""
    return int(digest(name, index)[:4], 16) / 32767.5 - 1


def event(clock, reason, kind, name, message, namespace="default", warning=False, count=1, last=None, skew=0):
    first, last = z(at(clock), skew), z(at(last or clock), skew)
    return {
        "apiVersion": "v1",
        "count": count,
        "eventTime": None,
        "firstTimestamp": first,
        "involvedObject": {"kind": kind, "name": name, "namespace": namespace},
        "kind": "Event",
        "lastTimestamp": last,
        "message": message,
        "metadata": {"name": f"{name}.{digest(clock, reason, name)[:16]}", "namespace": namespace},
        "reason": reason,
        "type": "Warning" if warning else "Normal",
    }


def items(entries):
    return {"apiVersion": "v1", "items": entries, "kind": "List", "metadata": {"resourceVersion": ""}}


def pod(name, app, node, db=None, namespace="default", killed=None, owner="ReplicaSet", restarts=0):
    status = {"name": app, "ready": killed is None, "restartCount": restarts, "state": {"running": {}}, "lastState": {}}
    if killed:
        status["lastState"] = {
            "terminated": {"exitCode": 137, "finishedAt": z(at(killed)), "reason": "OOMKilled"}
        }
    env = [{"name": "DATABASE_HOST", "value": f"{db}.cxyz1example.eu-west-1.rds.amazonaws.com"}] if db else []
    placed = {"nodeName": node} if node else {}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "labels": {"app.kubernetes.io/name": app},
            "name": name,
            "namespace": namespace,
            "ownerReferences": [{"kind": owner, "name": name.rsplit("-", 1)[0]}],
        },
        "spec": {"containers": [{"env": env, "name": app}], **placed},
        "status": {"containerStatuses": [status], "phase": "Running"} if node else {"phase": "Pending"},
    }


def node(name, instance):
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"labels": {"kubernetes.io/hostname": name}, "name": name},
        "spec": {"providerID": f"aws:///eu-west-1a/{instance}"},
    }


def certificate(name, app, expired, failed=None):
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"labels": {"app.kubernetes.io/name": app}, "name": name, "namespace": "default"},
        "spec": {"dnsNames": [f"{app}.example.com"]},
        "status": {
            "conditions": [
                {
                    "lastTransitionTime": z(at(expired)),
                    "message": "Certificate expired",
                    "reason": "Expired",
                    "status": "False",
                    "type": "Ready",
                }
            ],
            "notAfter": z(at(expired)),
            **({"failedIssuanceAttempts": 2, "lastFailureTime": z(at(failed))} if failed else {}),
        },
    }


def release(revision, clock, chart, version, status="deployed"):
    return {
        "revision": revision,
        "updated": stamp(at(clock)) + ".482913Z",
        "status": status,
        "chart": f"{chart}-{version}",
        "app_version": version,
        "description": "Upgrade complete",
    }


def series(label, calm, rises=(), start="02:00", end="02:25", period=60, skew=0, spread=0.03):
    """A metric that is `calm`, and in each of `rises` (from, to, value) about that value; a pair of
    values is a straight line between them."""
    stamps, values = [], []
    step, now, index = period / 60, at(start), 0
    while now <= at(end) + 1e-9:
        value = calm
        for since, until, high in rises:
            if at(since) <= now <= at(until):
                if isinstance(high, tuple):
                    share = (now - at(since)) / max(at(until) - at(since), step)
                    value = high[0] + (high[1] - high[0]) * share
                else:
                    value = high
        stamps.append(aws(now, skew))
        values.append(round(value * (1 + spread * noise(label, index)), 3))
        now, index = now + step, index + 1
    # The newest comes first unless one asks for the other order.
    return {
        "Id": "m" + digest(label)[:4],
        "Label": label,
        "Timestamps": stamps[::-1],
        "Values": values[::-1],
        "StatusCode": "Complete",
    }


def metrics(*results):
    return {"MetricDataResults": list(results), "Messages": []}


def activity(clock, group, instance, grow=True, cause="a monitor alarm", failed=None):
    verb = "Launching a new" if grow else "Terminating"
    done = {
        "ActivityId": digest(clock, group, instance)[:36],
        "AutoScalingGroupName": group,
        "Description": f"{verb} EC2 instance" + ("" if failed else f": {instance}"),
        "Cause": f"At {z(at(clock))} {cause} changed the desired capacity.",
        "StartTime": stamp(at(clock)) + ".120000+00:00",
        "EndTime": stamp(at(clock) + 0.5) + "+00:00",
        "StatusCode": "Failed" if failed else "Successful",
        "Progress": 100,
    }
    if failed:
        done["StatusMessage"] = failed
    return done


def cost(groups, start=0, hours=5):
    """`groups`: name to dollars an hour, one figure for each of `hours` hours from hour `start`."""
    results = []
    for hour in range(hours):
        results.append(
            {
                "TimePeriod": {"Start": z((start + hour) * 60), "End": z((start + hour + 1) * 60)},
                "Total": {},
                "Groups": [
                    {"Keys": [name], "Metrics": {"UnblendedCost": {"Amount": f"{by[hour]:.10f}", "Unit": "USD"}}}
                    for name, by in groups.items()
                ],
                "Estimated": True,
            }
        )
    return {
        "GroupDefinitions": [{"Type": "DIMENSION", "Key": "SERVICE"}],
        "ResultsByTime": results,
        "DimensionValueAttributes": [],
    }


def tagged(groups, tag="app", **more):
    """The same, by a tag: keys read `app$analytics`."""
    result = cost({f"{tag}${name}": by for name, by in groups.items()}, **more)
    result["GroupDefinitions"] = [{"Type": "TAG", "Key": tag}]
    return result


def logged(clock, text, level="LOG", host="10.0.41.17", user="api", database="orders"):
    """A line as RDS writes it: log_line_prefix is `%t:%r:%u@%d:[%p]:`."""
    port = 40000 + int(digest(clock, text)[:3], 16)
    pid = 2000 + int(digest(text, clock)[:3], 16)
    return f"{stamp(at(clock)).replace('T', ' ')} UTC:{host}({port}):{user}@{database}:[{pid}]:{level}:  {text}"


def slow(clock, seconds, statement, **more):
    return logged(clock, f"duration: {seconds * 1000:.3f} ms  statement: {statement}", **more)


def rds_event(clock, instance, message, category):
    return {
        "SourceIdentifier": instance,
        "SourceType": "db-instance",
        "Message": message,
        "EventCategories": [category],
        "Date": stamp(at(clock)) + ".331000+00:00",
        "SourceArn": f"arn:aws:rds:eu-west-1:123456789012:db:{instance}",
    }


def printed(value):
    """As the AWS command line and kubectl print it."""
    return json.dumps(value, indent=4) + "\n"
