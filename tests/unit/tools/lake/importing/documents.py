"""Documents as others write them, made for these tests."""

from typing import Any

Json = dict[str, Any]

FOREIGN = """\
apiVersion: v3.0.2
kind: DataContract
id: 0c5f7a52-3c7e-4b6f-9a51-64c1d4e0a001
name: Sales orders
version: "1.4"
status: active
domain: Sales Operations
tenant: example
description:
  usage: Reports.
team:
  - username: ada
    role: owner
servers:
  - server: warehouse
    type: snowflake
    host: host
    port: 443
    account: account
    database: shop
    schema: public
    warehouse: small
roles:
  - role: shop_reader
    access: read
customProperties:
  - property: costCenter
    value: "4711"
schema:
  - name: SalesOrder
    physicalName: SALES_ORDERS
    physicalType: table
    description: One row per order.
    quality:
      - type: sql
        query: SELECT count(*) FROM {model} WHERE {column} < 0
        mustBe: 0
      - type: custom
        engine: soda
        implementation: "checks for SALES_ORDERS"
      - rule: rowCount
        mustBeGreaterThan: 0
    properties:
      - name: Order ID
        logicalType: integer
        physicalType: NUMBER(12,0)
        primaryKey: true
        primaryKeyPosition: 1
        description: Number of the order.
      - name: Größe (cm)
        logicalType: number
        physicalType: NUMBER(10, 2)
        primaryKey: false
        primaryKeyPosition: -1
        customProperties:
          - property: unit
            value: cm
      - name: orderedAt
        physicalName: ORDERED_AT
        logicalType: date
        physicalType: TIMESTAMP_TZ
      - name: customerEmail
        logicalType: string
        physicalType: VARCHAR(255)
        logicalTypeOptions: {maxLength: 255, minimum: 1}
      - name: state
        logicalType: string
        physicalType: STATE_CODE
        classification: Secret
        encryptedName: state_enc
      - name: total
        logicalType: number
        physicalType: uuid
      - name: lines
        logicalType: array
        items:
          logicalType: object
          properties:
            - name: Sku Code
              logicalType: string
              unique: true
            - name: quantity
              logicalType: integer
  - name: Customer
    properties:
      - {name: customer_id, logicalType: string, required: true, unique: true}
      - {name: born, logicalType: date, physicalType: DATE}
"""

JSON_SCHEMA: Json = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Reading",
    "description": "One reading of a sensor.",
    "type": "object",
    "required": ["id", "takenAt", "maybe"],
    "$defs": {
        "place": {"type": "object", "properties": {"lat": {"type": "number"}, "Lon": {"type": "number"}}}
    },
    "properties": {
        "id": {"type": "string", "format": "uuid", "pattern": "^[0-9a-f-]{36}$"},
        "takenAt": {"type": "string", "format": "date-time"},
        "day": {"type": "string", "format": "date"},
        "maybe": {"type": ["string", "null"]},
        "count": {"type": "integer", "minimum": 0, "multipleOf": 5},
        "kind": {"enum": ["hot", "cold"]},
        "place": {"$ref": "#/$defs/place"},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        "by_day": {"type": "object", "additionalProperties": {"type": "integer"}},
        "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        "raw": {"type": "string", "contentEncoding": "base64"},
        "level": {"type": "integer", "enum": [1, 2]},
    },
}

AVRO: Json = {
    "type": "record",
    "name": "Payment",
    "namespace": "org.example",
    "doc": "One payment.",
    "fields": [
        {"name": "payment_id", "type": "string", "doc": "Its number."},
        {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
        {"name": "paidAt", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}]},
        {"name": "count", "type": "int"},
        {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["OPEN", "PAID"]}},
        {"name": "last_state", "type": ["null", "State"]},
        {
            "name": "parent",
            "type": [
                "null",
                {"type": "record", "name": "Node", "fields": [{"name": "up", "type": ["null", "Node"]}]},
            ],
        },
        {"name": "labels", "type": {"type": "map", "values": "long"}},
        {"name": "mixed", "type": ["string", "long"]},
    ],
}

DBT = """\
version: 2
models:
  - name: fct_orders
    description: Orders.
    columns:
      - name: order_id
        data_type: bigint
        description: Its number.
        tests: [unique, not_null]
      - name: status
        data_type: varchar
        data_tests:
          - accepted_values: {arguments: {values: [open, paid]}}
          - dbt_utils.at_least_one
      - name: customer_id
        data_type: bigint
        tests:
          - relationships: {to: ref('dim_customers'), field: customer_id}
  - name: dim_customers
    constraints:
      - {type: primary_key, columns: [customer_id]}
    columns:
      - {name: customer_id, data_type: bigint}
      - {name: note}
sources:
  - name: shop
    tables:
      - name: events
        columns: [{name: event_id, data_type: uuid, constraints: [{type: not_null}, {type: unique}]}]
      - name: without_columns
"""
