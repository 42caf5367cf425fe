"""The laws of approval, asked of the tables alone: each query finds what must not be."""

from __future__ import annotations

from django.db import connection

LAWS = {
    "somebody who asked, edited or submitted speaks": """
        SELECT s.requisition_id, s.person_id FROM orders_signature s
         WHERE EXISTS (SELECT 1 FROM audit_auditentry a
                        WHERE a.object_type = 'orders.requisition'
                          AND a.object_id = s.requisition_id AND a.person_id = s.person_id
                          AND a.action IN ('requisition.created', 'requisition.revised',
                                           'requisition.submitted', 'requisition.handed_over'))
            OR EXISTS (SELECT 1 FROM orders_requisitionrevision v
                        WHERE v.requisition_id = s.requisition_id AND v.kind = 'edit'
                          AND v.editor_id = s.person_id)
    """,
    "a human speaks twice in a round": """
        SELECT requisition_id, round_no, person
          FROM (SELECT requisition_id, round_no, person_id AS person FROM orders_decision
                UNION ALL
                SELECT requisition_id, round_no, on_behalf_of_id FROM orders_decision
                 WHERE on_behalf_of_id IS NOT NULL) spoken
         GROUP BY 1, 2, 3 HAVING count(*) > 1
    """,
    "a decision without the signatures of its people": """
        SELECT d.id FROM orders_decision d
          LEFT JOIN orders_signature s ON s.decision_id = d.id
         GROUP BY d.id, d.person_id, d.on_behalf_of_id
        HAVING array_agg(s.person_id ORDER BY s.person_id)
               IS DISTINCT FROM (SELECT array_agg(p ORDER BY p)
                                   FROM unnest(array[d.person_id, d.on_behalf_of_id]) p
                                  WHERE p IS NOT NULL)
    """,
    "a substitution that was not in force, not this person's, or a chain": """
        SELECT d.id FROM orders_decision d
          JOIN orders_delegation g ON g.id = d.delegation_id
          JOIN parties_membership m ON m.id = g.delegator_id
          JOIN parties_membership b ON b.id = d.membership_id
         WHERE g.deputy_id <> d.person_id OR m.user_id <> d.on_behalf_of_id
            OR b.user_id <> d.person_id OR b.organisation_id <> m.organisation_id
            OR (d.decided_at AT TIME ZONE 'Europe/Berlin')::date
               NOT BETWEEN g.valid_from AND g.valid_to
            OR g.revoked_at < d.decided_at
    """,
    "a step of a round that has not begun": """
        SELECT s.id FROM orders_approvalstep s
          JOIN orders_requisition r ON r.id = s.requisition_id
         WHERE s.revision_no > coalesce(r.submitted_revision, 0)
    """,
    "a decision on a revision that was not the current one": """
        SELECT d.id FROM orders_decision d
         WHERE d.revision_no <> (SELECT max(v.number) FROM orders_requisitionrevision v
                                  WHERE v.requisition_id = d.requisition_id
                                    AND v.edited_at < d.decided_at)
    """,
    "signatures cover more than was signed for": """
        SELECT d.id FROM orders_decision d
          JOIN orders_requisition r
            ON r.id = d.requisition_id AND r.submitted_revision = d.round_no
           AND r.state IN ('submitted', 'approved', 'partly_approved')
          JOIN orders_requisitionrevision cur
            ON cur.requisition_id = r.id AND cur.number = r.current_revision
          JOIN orders_requisitionrevision read
            ON read.requisition_id = r.id
           AND read.number = coalesce(d.granted_revision, d.revision_no)
          JOIN orders_requisitionline kept ON kept.revision_id = cur.id
          LEFT JOIN orders_requisitionline signed
            ON signed.revision_id = read.id AND signed.line_no = kept.line_no
           AND signed.listing_id = kept.listing_id AND signed.quantity >= kept.quantity
          LEFT JOIN orders_requisitiondelivery there ON there.id = kept.delivery_id
          LEFT JOIN orders_requisitiondelivery agreed ON agreed.id = signed.delivery_id
         WHERE d.verdict = 'approve' AND (signed.id IS NULL OR cur.gross > read.gross
            OR (there.school_id, there.earliest, there.latest)
               IS DISTINCT FROM (agreed.school_id, agreed.earliest, agreed.latest)
            OR (SELECT array_agg((budget_line_id, share_percent) ORDER BY number)
                  FROM orders_assignment WHERE line_id = kept.id)
               IS DISTINCT FROM
               (SELECT array_agg((budget_line_id, share_percent) ORDER BY number)
                  FROM orders_assignment WHERE line_id = signed.id))
    """,
    "an edit made a piece dearer and kept its round": """
        SELECT v.id FROM orders_requisition r
          JOIN orders_requisitionrevision v
            ON v.requisition_id = r.id AND v.kind = 'edit' AND v.number > r.submitted_revision
           AND r.state IN ('submitted', 'approved', 'partly_approved')
          JOIN orders_requisitionrevision before
            ON before.requisition_id = r.id AND before.number = v.number - 1
          JOIN orders_requisitionline line ON line.revision_id = v.id
          JOIN orders_requisitionline was
            ON was.revision_id = before.id AND was.line_no = line.line_no
         WHERE line.net_unit_price * was.price_unit > was.net_unit_price * line.price_unit
    """,
    "released without enough people in a step, or in the wrong order": """
        SELECT r.id FROM orders_requisition r
          LEFT JOIN orders_approvalstep s
            ON s.requisition_id = r.id AND s.revision_no = r.submitted_revision
         WHERE r.state IN ('approved', 'partly_approved')
         GROUP BY r.id, s.id
        HAVING s.id IS NULL OR s.signers > (
               SELECT count(DISTINCT d.person_id) FROM orders_decision d
                WHERE d.step_id = s.id AND d.round_no = r.submitted_revision
                  AND d.verdict = 'approve')
        UNION ALL
        SELECT s.requisition_id FROM orders_approvalstep s
          JOIN orders_approvalstep earlier
            ON earlier.requisition_id = s.requisition_id
           AND earlier.revision_no = s.revision_no AND earlier.tier < s.tier
          JOIN orders_decision d ON d.step_id = s.id
         WHERE earlier.completed_at IS NULL OR earlier.completed_at > d.decided_at
    """,
    "a step under a policy that was not confirmed, or not yet in force": """
        SELECT s.id FROM orders_approvalstep s
          JOIN orders_approvalpolicy p ON p.id = s.policy_id
         WHERE p.confirmed_at IS NULL OR p.withdrawn_at IS NOT NULL
    """,
    "call-offs that are not the last revision of what was released": """
        SELECT r.id FROM orders_requisition r
          JOIN orders_requisitionrevision v
            ON v.requisition_id = r.id AND v.number = r.current_revision
          JOIN orders_requisitionline l ON l.revision_id = v.id
          LEFT JOIN orders_calloffline c ON c.requisition_line_id = l.id
         WHERE (r.state IN ('approved', 'partly_approved'))
               IS DISTINCT FROM (c.id IS NOT NULL AND c.quantity = l.quantity)
            OR c.gross > l.gross
        UNION ALL
        SELECT o.requisition_id FROM orders_calloff o
          JOIN orders_calloffline c ON c.call_off_id = o.id
          JOIN orders_requisitionline l ON l.id = c.requisition_line_id
          JOIN orders_requisitionrevision v ON v.id = l.revision_id
          JOIN orders_requisition r ON r.id = o.requisition_id
         WHERE v.requisition_id <> r.id OR v.number <> r.current_revision
            OR r.state NOT IN ('approved', 'partly_approved')
    """,
    "a budget holds something else than the open revisions": """
        SELECT a.id FROM ledger_limitaccount a
         WHERE a.kind = 'budget' AND a.held <> (
               SELECT coalesce(sum(part.bound), 0) FROM orders_assignment part
                 JOIN orders_budgetline b ON b.id = part.budget_line_id
                 JOIN orders_requisitionline l ON l.id = part.line_id
                 JOIN orders_requisitionrevision v ON v.id = l.revision_id
                 JOIN orders_requisition r
                   ON r.id = v.requisition_id AND r.current_revision = v.number
                WHERE b.own_account_id = a.id AND r.state = 'submitted')
    """,
    "finance heard something else than what is held": """
        SELECT e.id FROM parties_budgetentity e
         WHERE (SELECT coalesce(sum((f.payload::json->>'gross')::numeric), 0)
                  FROM orders_financeevent f
                 WHERE f.budget_entity_id = e.id
                   AND f.type IN ('RESERVATION', 'RESERVATION_RELEASE'))
            <> (SELECT coalesce(sum(a.held), 0) FROM orders_budgetline b
                  JOIN ledger_limitaccount a ON a.id = b.own_account_id
                 WHERE b.budget_entity_id = e.id)
            OR (SELECT coalesce(sum((f.payload::json->>'gross')::numeric), 0)
                  FROM orders_financeevent f
                 WHERE f.budget_entity_id = e.id AND f.type = 'COMMITMENT')
            <> (SELECT coalesce(sum(a.posted), 0) FROM orders_budgetline b
                  JOIN ledger_limitaccount a ON a.id = b.own_account_id
                 WHERE b.budget_entity_id = e.id)
    """,
}


def check_laws() -> None:
    """AssertionError that names every law of which a row is found; one statement."""
    numbered = " UNION ALL ".join(
        f"SELECT {number} WHERE EXISTS ({query})" for number, query in enumerate(LAWS.values())
    )
    with connection.cursor() as cursor:
        cursor.execute(numbered)
        broken = [list(LAWS)[number] for (number,) in cursor.fetchall()]
    assert not broken, f"broken: {broken}"
