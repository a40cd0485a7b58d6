"""Documents - workbooks, reports, data models, datasets, files - and what is in them."""

from collections.abc import Mapping
from typing import Final

from saas_sandbox.sigma.data.base import Record, at, dated, member_id, nano, slug, uid

_ELEMENT_TYPES: Final = ("table", "visualization", "text")


def document(kind: str, number: int, prefix: str) -> Record:
    """A workbook, report or data model: `document("workbook", 0, "workbook")`."""
    return {
        f"{prefix}Id": uid(kind, number),
        f"{prefix}UrlId": slug(kind, number),
        "name": f"{kind.title()} {number}",
        "url": f"https://app.sigma.example/acme/{kind}/{slug(kind, number)}",
        "path": "Acme/Shared",
        "latestVersion": 3 + number,
        "ownerId": member_id(0),
        "tags": [],
        **dated(number),
    }


def template(number: int) -> Record:
    """A template."""
    return document("template", number, "template")


def shared_template(number: int) -> Record:
    """A template that another organization shares."""
    return {
        "providerOrganizationId": uid("provider", number),
        "name": f"Shared {number}",
        "shareId": uid("share", number),
        "createdAt": at(number),
        "pending": number == 0,
    }


def dataset(number: int) -> Record:
    """A dataset, of which the API took its leave in 2026."""
    return {
        "datasetId": uid("dataset", number),
        "name": f"Dataset {number}",
        "description": "",
        "url": f"https://app.sigma.example/acme/dataset/{slug('dataset', number)}",
        "owner": member_id(0),
        "referenceCount": number,
        "path": "Acme",
        "migrationToDataModel": None,
        "migrationStatus": "not-migrated",
        **dated(number),
    }


def file(number: int) -> Record:
    """An entry of the file system."""
    return {
        "id": uid("file", number),
        "urlId": slug("file", number),
        "name": f"File {number}",
        "type": "workbook" if number % 2 else "folder",
        "parentId": uid("home", 0),
        "parentUrlId": slug("home", 0),
        "permission": "organize",
        "path": "Acme",
        "badge": None,
        "isArchived": False,
        "ownerId": member_id(0),
        **dated(number),
    }


def error_entry(number: int) -> Record:
    """What stands in a list in the place of a file that cannot be shown."""
    return {"code": 404, "message": "The file is not there any more", "requestId": uid("request", number)}


def workspace(number: int) -> Record:
    """A workspace."""
    return {
        "workspaceId": uid("workspace", number),
        "workspaceUrlId": slug("workspace", number),
        "name": f"Workspace {number}",
        **dated(20 + number),
    }


def tag(number: int) -> Record:
    """A version tag."""
    return {
        "versionTagId": uid("tag", number),
        "name": f"Tag {number}",
        "ownerId": member_id(0),
        "color": "#123456",
        **dated(25 + number),
    }


def translation(number: int) -> Record:
    """A translation file; the first has no variant, and the second differs from it in that alone."""
    return {
        "lng": "de",
        "locale": "de",
        "lng_variant": None if number == 0 else f"variant {number}",
        **dated(28 + number),
    }


def page(number: int) -> Record:
    """A page of a document."""
    return {"pageId": nano(number), "name": f"Page {number}", "hidden": False}


def element(number: int) -> Record:
    """An element of a document; every third has neither query nor lineage."""
    return {
        "elementId": nano(number),
        "name": f"Element {number}",
        "type": _ELEMENT_TYPES[number % 3],
        "columns": [f"column {number}"],
        "vizualizationType": "bar",
    }


def column(number: int, *, with_element: bool = True) -> Record:
    """A column; its id holds a slash and is the same in two elements, and one belongs to no element."""
    element_id = None if number == 2 else nano(number)  # noqa: PLR2004
    return {
        "columnId": "inode-shared/AMOUNT" if number < 2 else f"inode-{number}/NAME",  # noqa: PLR2004
        "name": f"Column {number}",
        "formula": f"[Source/{number}]",
        "type": {"type": "number"},
        **({"elementId": element_id} if with_element else {}),
    }


def element_column(number: int) -> Record:
    """A column, seen from its element."""
    return {"columnId": f"inode-{number}/NAME", "label": f"Column {number}", "formula": "", "type": {"type": "text"}}


def control(number: int) -> Record:
    """A control."""
    return {"name": f"control-{number}", "valueType": "text"}


def query(number: int) -> Record:
    """The SQL of an element, which ends with who asked."""
    return {"elementId": nano(number), "name": f"Element {number}", "sql": f"select {number} -- ada0@acme.example"}


def source(number: int) -> Record:
    """A source of a document: of a kind each, and one data model twice, in two versions."""
    rows: tuple[Record, ...] = (
        {"type": "data-model", "dataModelId": uid("data-model", 0), "elementIds": [nano(0)]},
        {"type": "data-model", "dataModelId": uid("data-model", 0), "versionTagId": uid("tag", 0), "elementIds": []},
        {"type": "table", "inodeId": uid("table", 0)},
        {"type": "custom-sql", "customSqlId": uid("sql", 0), "connectionId": uid("connection", 0), "definition": "…"},
    )
    return rows[number] if number < len(rows) else {"type": "dataset", "inodeId": uid("dataset", number)}


def lineage(number: int) -> Record:
    """A node of a document's lineage; queries have no id."""
    rows: tuple[Record, ...] = (
        {"type": "element", "elementId": nano(0), "name": "Element 0", "sourceIds": [], "dataSourceIds": []},
        {"type": "customSQL", "name": None, "connectionId": uid("connection", 0), "definition": "select 1"},
        {"type": "customSQL", "name": None, "connectionId": uid("connection", 0), "definition": "select 2"},
    )
    return rows[number] if number < len(rows) else {"type": "table", "inodeId": uid("table", number), "name": "T"}


def schedule(parent: str, parent_id: str, number: int) -> Record:
    """A scheduled export; it says what it exports: `schedule("workbookId", …)`."""
    return {
        "scheduledNotificationId": uid(f"schedule-{parent_id}", number),
        parent: parent_id,
        "schedule": {"cronSpec": "0 7 * * 1", "timezone": "UTC"},
        "configV2": {"title": f"Export {number}", "includeLink": True},
        "isSuspended": False,
        "ownerId": member_id(0),
        "lastUpdatedByUser": member_id(0),
        "disabledAt": None,
        "disabledBy": None,
        **dated(80 + number),
    }


def materialization_schedule(number: int) -> Record:
    """When an element is materialized."""
    return {
        "sheetId": nano(number),
        "elementName": f"Element {number}",
        "schedule": None,
        "configuredAt": at(number),
        "paused": False,
    }


def version(number: int) -> Record:
    """A published version."""
    return {"version": number + 1, "publishedAt": at(number), "publishedBy": member_id(0), "tags": []}


def texts(_: object, ids: Mapping[str, str]) -> Record:
    """Texts of the file of a language, or of a variant of it."""
    return {"translations": {"Revenue": f"Umsatz {ids.get('lng_variant', '')}".strip()}}


def document_tag(number: int, kind: str) -> Record:
    """A tag on a document: workbooks, reports and data models each name its fields in their own way."""
    if kind == "dataModel":
        return {"versionTagId": uid("tag", number), "tagName": "T", "sourceVersion": 1, "taggedAt": at(number)}
    return {
        "versionTagId": uid("tag", number),
        "name": f"Tag {number}",
        "sourceWorkbookVersion": 1,
        "taggedWorkbookId": uid("tagged", number),
        "workbookTaggedAt": at(number),
    }
