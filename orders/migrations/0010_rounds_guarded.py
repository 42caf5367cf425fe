"""Indexes and constraints of rounds, cuts and substitutes; what was written stays."""

from typing import ClassVar

from django.db import migrations, models

TABLES = (
    "orders_decisionline",
    "orders_requisitioncomment",
    "orders_requisitiondelivery",
    "orders_signature",
)
TRIGGERS = "".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION append_only();
"""
    for table in TABLES
)
FORWARD = f"""
{TRIGGERS}
-- Who edits stands on the asking side, who cuts while deciding on the approving side.
ALTER TABLE orders_requisitionrevision ADD CONSTRAINT orders_editor_is_on_asking_side
    FOREIGN KEY (requisition_id, editor_id, side)
    REFERENCES orders_involvement (requisition_id, person_id, side);

ALTER TABLE orders_decision ADD CONSTRAINT orders_decision_of_round
    UNIQUE (id, requisition_id, round_no);
-- A decision counts in the round of its step and in no other.
ALTER TABLE orders_approvalstep ADD CONSTRAINT orders_step_of_round
    UNIQUE (id, requisition_id, revision_no);
ALTER TABLE orders_decision ADD CONSTRAINT orders_decision_in_round_of_step
    FOREIGN KEY (step_id, requisition_id, round_no)
    REFERENCES orders_approvalstep (id, requisition_id, revision_no);

-- Whom a decision speaks for has a signature of its own, once in a round. Deferred, because
-- the signatures name the decision.
ALTER TABLE orders_signature ADD CONSTRAINT orders_signature_in_round
    FOREIGN KEY (decision_id, requisition_id, round_no)
    REFERENCES orders_decision (id, requisition_id, round_no);
ALTER TABLE orders_decision ADD CONSTRAINT orders_decider_has_signature
    FOREIGN KEY (id, person_id) REFERENCES orders_signature (decision_id, person_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE orders_decision ADD CONSTRAINT orders_substituted_has_signature
    FOREIGN KEY (id, on_behalf_of_id) REFERENCES orders_signature (decision_id, person_id)
    DEFERRABLE INITIALLY DEFERRED;

-- The person substituted is the one the delegation names.
ALTER TABLE orders_delegation ADD CONSTRAINT orders_delegation_person
    UNIQUE (id, delegator_person_id, deputy_id);
ALTER TABLE orders_decision ADD CONSTRAINT orders_substitute_as_delegated
    FOREIGN KEY (delegation_id, on_behalf_of_id, person_id)
    REFERENCES orders_delegation (id, delegator_person_id, deputy_id);
ALTER TABLE parties_membership ADD CONSTRAINT parties_membership_person UNIQUE (id, user_id);
ALTER TABLE orders_delegation ADD CONSTRAINT orders_delegator_holds_membership
    FOREIGN KEY (delegator_id, delegator_person_id) REFERENCES parties_membership (id, user_id);
-- the embedded server has no btree_gist, hence the ranges of one number
ALTER TABLE orders_delegation ADD CONSTRAINT orders_delegation_one_deputy
    EXCLUDE USING gist (
        int8range(delegator_id, delegator_id, '[]') WITH &&,
        daterange(valid_from, valid_to, '[]') WITH &&
    ) WHERE (revoked_at IS NULL);

-- The shares of a line are the line: all of it, to the cent. They are written together.
CREATE FUNCTION orders_shares_are_the_line() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT line.id INTO wrong
      FROM orders_requisitionline line
      JOIN orders_assignment part ON part.line_id = line.id
     WHERE line.id IN (SELECT line_id FROM written)
     GROUP BY line.id
    HAVING sum(part.share_percent) <> 100
        OR sum(part.net) <> line.net OR sum(part.tax) <> line.tax
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the shares of line % do not add up to the line', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_shares_are_the_line',
                  TABLE = 'orders_assignment';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_shares_are_the_line AFTER INSERT ON orders_assignment
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION orders_shares_are_the_line();

DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kaufhaus_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {", ".join(TABLES)} FROM kaufhaus_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON orders_requisitionattachment, orders_delegation
            FROM kaufhaus_app;
        GRANT UPDATE (withdrawn_at) ON orders_requisitionattachment TO kaufhaus_app;
        GRANT UPDATE (revoked_at, revoked_by_id) ON orders_delegation TO kaufhaus_app;
    END IF;
END $$;
"""  # noqa: S608 -- built of this module's constants
BACKWARD = """
DROP TRIGGER orders_shares_are_the_line ON orders_assignment;
DROP FUNCTION orders_shares_are_the_line();
ALTER TABLE orders_delegation DROP CONSTRAINT orders_delegation_one_deputy;
ALTER TABLE orders_delegation DROP CONSTRAINT orders_delegator_holds_membership;
ALTER TABLE parties_membership DROP CONSTRAINT parties_membership_person;
ALTER TABLE orders_decision DROP CONSTRAINT orders_substitute_as_delegated;
ALTER TABLE orders_decision DROP CONSTRAINT orders_substituted_has_signature;
ALTER TABLE orders_decision DROP CONSTRAINT orders_decider_has_signature;
ALTER TABLE orders_signature DROP CONSTRAINT orders_signature_in_round;
ALTER TABLE orders_decision DROP CONSTRAINT orders_decision_of_round;
ALTER TABLE orders_delegation DROP CONSTRAINT orders_delegation_person;
ALTER TABLE orders_decision DROP CONSTRAINT orders_decision_in_round_of_step;
ALTER TABLE orders_approvalstep DROP CONSTRAINT orders_step_of_round;
ALTER TABLE orders_requisitionrevision DROP CONSTRAINT orders_editor_is_on_asking_side;
""" + "".join(f"DROP TRIGGER {table}_append_only ON {table};\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("orders", "0009_rounds_filled"),
        ("parties", "0002_delivery_to_schools"),
        ("audit", "0002_append_only"),
    ]
    operations: ClassVar = [
        migrations.AddIndex(
            model_name="approvalstep",
            index=models.Index(
                condition=models.Q(("completed_at__isnull", True)),
                fields=["deadline"],
                name="orders_step_open_deadline",
            ),
        ),
        migrations.AddIndex(
            model_name="approvalstep",
            index=models.Index(
                condition=models.Q(("completed_at__isnull", True)),
                fields=["role", "requisition"],
                name="orders_step_open_role",
            ),
        ),
        migrations.AddIndex(
            model_name="requisition",
            index=models.Index(
                fields=["authority", "updated_at", "id"], name="orders_requ_authori_488c5d_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalpolicy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_at__isnull", True), ("withdrawn_at__isnull", True)),
                fields=("authority",),
                name="orders_policy_one_proposal",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmer__isnull", True),
                    ("proposer__isnull", True),
                    models.Q(("confirmer", models.F("proposer")), _negated=True),
                    _connector="OR",
                ),
                name="orders_policy_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_at__isnull", True), ("withdrawn_at__isnull", True), _connector="OR"
                ),
                name="orders_policy_confirmed_or_withdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("days__gte", 1), ("from_gross__gte", 0), ("signers__gte", 1), ("tier__gte", 1)
                ),
                name="orders_rule_sensible",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("escalation_role", models.F("role")), _negated=True),
                name="orders_rule_escalates_elsewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="requisition",
            constraint=models.CheckConstraint(
                condition=models.Q(("submitted_revision__lte", models.F("current_revision"))),
                name="orders_requisition_round_is_a_revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="requisition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("handed_over_at__isnull", True), ("handed_over_by__isnull", True)),
                    models.Q(("handed_over_at__isnull", False), ("handed_over_by__isnull", False)),
                    _connector="OR",
                ),
                name="orders_requisition_handed_over_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="requisitionrevision",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["edit", "cut"])), name="orders_revision_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("delegation__isnull", True), ("on_behalf_of__isnull", True)),
                    models.Q(("delegation__isnull", False), ("on_behalf_of__isnull", False)),
                    _connector="OR",
                ),
                name="orders_substitute_has_delegation",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("granted_revision__isnull", True),
                    models.Q(
                        ("granted_revision__gt", models.F("revision_no")), ("verdict", "approve")
                    ),
                    _connector="OR",
                ),
                name="orders_cut_is_an_approval",
            ),
        ),
        migrations.AddConstraint(
            model_name="decisionline",
            constraint=models.UniqueConstraint(
                fields=("decision", "line"), name="orders_cut_once_per_line"
            ),
        ),
        migrations.AddConstraint(
            model_name="decisionline",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="orders_cut_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                name="orders_delegation_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("deputy", models.F("delegator_person")), _negated=True),
                name="orders_delegation_to_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="requisitionattachment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("requisition", "sha256"),
                name="orders_attachment_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="requisitioncomment",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True),
                name="orders_comment_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="requisitiondelivery",
            constraint=models.UniqueConstraint(
                fields=("revision", "number"), name="orders_delivery_number_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="requisitiondelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("earliest__isnull", True),
                    ("latest__isnull", True),
                    ("latest__gte", models.F("earliest")),
                    _connector="OR",
                ),
                name="orders_delivery_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="requisitiondelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("time_from__isnull", True), ("time_until__isnull", True)),
                    ("time_until__gt", models.F("time_from")),
                    _connector="OR",
                ),
                name="orders_delivery_window_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="shoppinglist",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at__isnull", True)),
                fields=("authority", "name", "created_by"),
                name="orders_shopping_list_name_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="shoppinglist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("audience", "school"), _negated=True),
                    ("school__isnull", False),
                    _connector="OR",
                ),
                name="orders_shopping_list_school_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="shoppinglistline",
            constraint=models.UniqueConstraint(
                fields=("shopping_list", "listing"), name="orders_shopping_list_line_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="shoppinglistline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)),
                name="orders_shopping_list_quantity_positive",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
