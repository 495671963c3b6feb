-- Snapshots that stayed forgotten after a re-join are put right in the background.

INSERT INTO background_updates (ordering, update_name, progress_json)
VALUES (8802, 'sliding_sync_membership_snapshots_fix_forgotten_column_bg_update', '{}');
