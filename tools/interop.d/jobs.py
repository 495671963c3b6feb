"""The jobs: how each is queued, and which rows it answers for."""

import json
from dataclasses import dataclass, field


@dataclass
class Table:
    """A table, what to select of it, and what to make of a row before it is compared."""

    name: str
    columns: dict = field(default_factory=dict)  # by engine; "*" for all
    view: object = staticmethod(lambda row: row)


@dataclass
class Job:
    updates: list  # (name, progress, depends_on, ordering)
    tables: list
    prepare: list = field(default_factory=list)  # statements


def signatures(row):
    """Of an event its id and signatures: the homeserver writes the rest of the text anew, too."""
    event_id, text = row
    return event_id, json.dumps(json.loads(text).get("signatures"), sort_keys=True)


SLIDING = [
    "sliding_sync_joined_rooms",
    "sliding_sync_joined_rooms_to_recalculate",
    "sliding_sync_membership_snapshots",
]
STATS = ["room_stats_current", "room_stats_state", "user_stats_current"]
DIRECTORY = "populate_user_directory_"
PREFILL = "sliding_sync_prefill_joined_rooms_to_recalculate_table_bg_update"

JOBS = {
    "directory": Job(
        updates=[
            (DIRECTORY + "createtables", "{}", "", 0),
            (DIRECTORY + "process_rooms", "{}", DIRECTORY + "createtables", 0),
            (DIRECTORY + "process_users", "{}", DIRECTORY + "process_rooms", 0),
            (DIRECTORY + "cleanup", "{}", DIRECTORY + "process_users", 0),
        ],
        tables=[
            Table("user_directory"),
            Table("user_directory_search", {"sqlite": "user_id, value", "postgres": "user_id, vector::text"}),
            Table("users_in_public_rooms"),
            Table("users_who_share_private_rooms"),
            Table("user_directory_stale_remote_users"),
            Table("user_directory_stream_pos"),
        ],
    ),
    "sliding_sync": Job(
        prepare=[f"DELETE FROM {table}" for table in SLIDING],
        updates=[
            (PREFILL, "{}", None, 8701),
            ("sliding_sync_joined_rooms_bg_update", "{}", PREFILL, 8701),
            ("sliding_sync_membership_snapshots_bg_update", "{}", None, 8701),
            ("sliding_sync_membership_snapshots_fix_forgotten_column_bg_update", "{}", None, 8802),
        ],
        tables=[Table(name) for name in SLIDING],
    ),
    "stats": Job(
        prepare=[f"DELETE FROM {table}" for table in STATS],
        updates=[
            ("populate_stats_process_rooms", "{}", "", 0),
            ("populate_stats_process_users", "{}", "populate_stats_process_rooms", 0),
        ],
        tables=[Table(name) for name in STATS],
    ),
    "resign": Job(
        updates=[("event_resign", '{"old_key": null, "before_ts": null}', "", 0)],
        tables=[Table("event_json", {"sqlite": "event_id, json", "postgres": "event_id, json"}, signatures)],
    ),
}
