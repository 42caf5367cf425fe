"""Existing decisions, steps and policies learn their round, their revision and their start."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
UPDATE orders_requisition SET updated_at = coalesce(decided_at, submitted_at, created_at);
UPDATE orders_requisition SET submitted_revision = current_revision
 WHERE submitted_at IS NOT NULL;
ALTER TABLE orders_decision DISABLE TRIGGER orders_decision_append_only;
UPDATE orders_decision decision
   SET round_no = step.revision_no, revision_no = step.revision_no
  FROM orders_approvalstep step WHERE step.id = decision.step_id;
INSERT INTO orders_signature (decision_id, requisition_id, round_no, person_id)
SELECT id, requisition_id, round_no, person_id FROM orders_decision;
ALTER TABLE orders_decision ENABLE TRIGGER orders_decision_append_only;
UPDATE orders_approvalstep step SET opened_at = requisition.submitted_at
  FROM orders_requisition requisition WHERE requisition.id = step.requisition_id;
UPDATE orders_approvalpolicy
   SET created_at = valid_from::timestamp AT TIME ZONE 'Europe/Berlin',
       confirmed_at = valid_from::timestamp AT TIME ZONE 'Europe/Berlin';
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0008_requisition_and_approval")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
