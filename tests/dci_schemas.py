"""What the standard asks of each message we send, as JSON Schemas in words of our own.

Stricter than the standard where it is open: a field nobody has described is a fault.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
ID: Schema = TEXT | {"maxLength": 99}
MOMENT: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
LOCALE: Schema = {"type": "string", "pattern": "^[a-z]{3}$"}
COUNT: Schema = {"type": "integer", "minimum": 1}


def table(must: Schema, **may: Any) -> Schema:
    """An object with these fields, and perhaps those, and no others."""
    return {
        "type": "object",
        "properties": must | may,
        "required": list(must),
        "additionalProperties": False,
    }


def listed(of: Schema) -> Schema:
    """One or more of these."""
    return {"type": "array", "items": of, "minItems": 1}


HEADER: Schema = {
    "version": {"const": "1.0.0"},
    "message_id": TEXT,
    "message_ts": MOMENT,
    "sender_id": TEXT,
    "receiver_id": TEXT,
    "total_count": COUNT,
    "is_msg_encrypted": {"const": False},
}
ADDRESS: Schema = {"type": "string", "pattern": "^https?://[^ ]+$"}


def envelope(action: str, message: Schema, *, later: bool = False, status: bool = False) -> Schema:
    """A whole body: `later` has an address for its answer, `status` the header of a callback."""
    must = HEADER | {"action": {"const": action}}
    if later:
        must |= {"sender_uri": ADDRESS}
    if status:
        must |= {"status": {"const": "succ"}, "completed_count": COUNT}
    header = table(must, meta={"type": "object"}, sender_uri=ADDRESS)
    return table({"signature": {"type": "string"}, "header": header, "message": message})


COMPARISON = table(
    {
        "attribute_name": TEXT,
        "operator": {"enum": ["gt", "lt", "eq", "ge", "le", "in"]},
        "attribute_value": TEXT,
    }
)
PREDICATES = listed(
    table(
        {"seq_num": COUNT, "expression1": COMPARISON},
        condition={"enum": ["and", "or", "not"]},
        expression2=COMPARISON,
    )
    | {"dependentRequired": {"condition": ["expression2"], "expression2": ["condition"]}}
)
EXPRESSION = table(
    {
        "type": TEXT,
        "value": table({"expression": table({"collection": TEXT, "query": {"type": "object"}})}),
    }
)
QUERIES = {
    "idtype-value": table({"type": TEXT, "value": TEXT}),
    "expression": EXPRESSION,
    "predicate": PREDICATES,
}


def chosen(by: str, field: str, shapes: Schema) -> Schema:
    """The shape of `field` is that of the word in `by`."""
    return {
        "allOf": [
            {
                "if": {"properties": {by: {"const": word}}},
                "then": {"properties": {field: shape}},
            }
            for word, shape in shapes.items()
        ]
    }


PURPOSE = table({}, text=TEXT, code=TEXT, ref_uri=TEXT)
AUTHORIZE = table(
    {"@type": {"const": "Authorize"}, "ts": MOMENT, "purpose": PURPOSE}, legal_basis=TEXT
)
CONSENT = table(
    {"@type": {"const": "Consent"}, "ts": MOMENT, "version": TEXT},
    purpose=PURPOSE,
    legal_basis=TEXT,
)
CRITERIA = table(
    {
        "version": {"const": "1.0.0"},
        "reg_type": TEXT,
        "reg_record_type": TEXT,
        "query_type": {"enum": list(QUERIES)},
        "query": {},
    },
    response_entity={"enum": ["Group", "Member"]},
    sort=listed(table({"attribute_name": TEXT, "sort_order": {"enum": ["asc", "desc"]}})),
    pagination=table({"page_size": COUNT, "page_number": COUNT}),
    authorize=AUTHORIZE,
    consent=CONSENT,
) | chosen("query_type", "query", QUERIES)
WANTED = table(
    {
        "version": {"const": "1.0.0"},
        "reg_type": TEXT,
        "reg_event_type": TEXT,
        "filter_type": {"enum": list(QUERIES)},
        "filter": {},
        "notify_record_type": TEXT,
        "frequency": table({"start_time": MOMENT, "end_time": MOMENT, "frequency": TEXT}),
    },
    authorize=AUTHORIZE,
) | chosen("filter_type", "filter", QUERIES)


def items(field: str, criteria: Schema) -> Schema:
    """A message of items that each have a reference, a time and their criteria."""
    name = field.replace("request", "criteria")
    one = table({"reference_id": TEXT, "timestamp": MOMENT, name: criteria, "locale": LOCALE})
    return table({"transaction_id": ID, field: listed(one)})


def status(types: list[str], by: Schema) -> Schema:
    """A question about a transaction."""
    asked = table(
        {
            "reference_id": TEXT,
            "txn_type": {"enum": types},
            "attribute_type": {"enum": list(by)},
            "attribute_value": {},
            "locale": LOCALE,
        }
    ) | chosen("attribute_type", "attribute_value", by)
    return table({"transaction_id": ID, "txnstatus_request": asked})


BY = {"transaction_id": ID, "correlation_id": ID, "reference_id_list": listed(TEXT)}
EQUAL = table({"eq": TEXT})
ENROLLED = table(
    {
        "transaction_id": ID,
        "enrolled_criteria": table(
            {
                "query_type": {"const": "expression"},
                "response_entity": {"const": "Member"},
                "query": {
                    "oneOf": [
                        table(
                            {"person_identifier": EQUAL},
                            **{"programme_identifier.program.programme_identifier": EQUAL},
                        ),
                        COMPARISON,
                    ]
                },
            }
        ),
    }
)
BENEFIT = table(
    {},
    benefit_type={"enum": ["Cash", "Voucher", "In-kind", "Training", "Work", "Insurance"]},
    benefit_date=DAY,
    benefit_value=TEXT,
    benefit_quantity=TEXT,
)
PROGRAMME = table(
    {
        "@type": {"const": "Programme"},
        "programme": table({"programme_identifier": TEXT, "programme_name": TEXT}),
        "benefits": {"type": "array", "items": BENEFIT},
    },
    enrolment_date=DAY,
    enrolment_status={"enum": ["Active", "Deceased", "Graduated", "Suspended"]},
    status_change_date=listed(DAY),
)
BENEFICIARY = table(
    {
        "@type": {"const": "Beneficiary"},
        "member": table(
            {
                "member_identifier": listed(
                    table({"identifier_type": TEXT, "identifier_value": TEXT})
                )
            }
        ),
        "programme_identifier": listed(PROGRAMME),
    },
    enrollment_status={"enum": ["1", "2", "3", "4"]},
)
UPDATES = table(
    {"transaction_id": ID, "enrolled_updates": table({"beneficiaries": listed(BENEFICIARY)})}
)
UNSUBSCRIBE = table({"transaction_id": ID, "timestamp": MOMENT, "subscription_codes": listed(ID)})
PAYMENTS = table(
    {
        "transaction_id": ID,
        "search_criteria": listed(
            table(
                {
                    "reference_id": TEXT,
                    "timestamp": MOMENT,
                    "request_type": {"const": "disburse"},
                    "attribute_type": {"enum": ["payer_fa", "payee_fa"]},
                    "attribute_value": {
                        "type": "string",
                        "pattern": "^[a-zA-Z0-9.:-]+@[a-zA-Z0-9.-]+$",
                    },
                    "locale": LOCALE,
                }
            )
        ),
    }
)

SEARCH = items("search_request", CRITERIA)
SUBSCRIBE = items("subscribe_request", WANTED)

SCHEMAS: dict[str, Schema] = {
    "sync_search": envelope("search", SEARCH),
    "search": envelope("search", SEARCH, later=True),
    "subscribe": envelope("subscribe", SUBSCRIBE, later=True),
    "unsubscribe": envelope("unsubscribe", UNSUBSCRIBE, later=True),
    "sync_txn_status": envelope("txn-status", status(["search", "subscribe"], BY)),
    "txn_status": envelope("txn-status", status(["search", "subscribe"], BY), later=True),
    "enrolled": envelope("search", ENROLLED),
    "check_enrollment": envelope("search", ENROLLED),
    "enrollment_updates": envelope("notify", UPDATES, status=True),
    "disburse_search": envelope("search", PAYMENTS),
    "disburse_txn_status": envelope(
        "search", status(["disburse"], {"reference_id_list": BY["reference_id_list"]})
    ),
}
"""By the name of the path each message goes to."""
