"""A tool that takes no unknown argument and answers errors by the sentence that names the field."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import UnexpectedToolError
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import FuncMetadata
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import ConfigDict, ValidationError

from qtwin.client.mcp.call import note_refused
from qtwin.client.mcp.proposal import Declined
from qtwin.client.mcp.told import NOTICE, one_line, others
from qtwin.client.wire.errors import Problem, QTwinError

READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
MAKES = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
ENDS = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False
)
LONGEST_ERROR = 500


class StrictTool(Tool):
    """Runs its function; what goes wrong is an answer that says what, never a traceback."""

    async def run(
        self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False
    ) -> Any:
        try:
            given = self.fn_metadata.validate_arguments(arguments)
        except ValidationError as error:
            await note_refused("arguments")
            said = "; ".join(_sentences(error, self.parameters))
            return failed(one_line(said, LONGEST_ERROR))
        try:
            answer = await self.fn(**given)
        except Declined as error:
            await note_refused(error.word)
            return failed(f"{error.pointer}: {error}")
        except QTwinError as error:
            return marked(failed(problem_sentence(error)))
        except Exception as error:
            raise UnexpectedToolError(f"Error executing tool {self.name}") from error
        return _converted(self.fn_metadata.convert_result(answer)) if convert_result else answer


def strict(function: Callable[..., Awaitable[Any]], annotations: ToolAnnotations) -> Tool:
    """A tool of a function: its docstring describes it."""
    made = StrictTool.from_function(
        function, description=_plain(function.__doc__ or ""), annotations=annotations
    )
    loose = made.fn_metadata
    arguments: Any = type(
        loose.arg_model.__name__,
        (loose.arg_model,),
        {"model_config": ConfigDict(extra="forbid", allow_inf_nan=False)},
    )
    metadata = FuncMetadata(
        arg_model=arguments,
        output_schema=_untitled(loose.output_schema),
        output_model=loose.output_model,
        wrap_output=loose.wrap_output,
    )
    schema = _untitled(arguments.model_json_schema(by_alias=True))
    return made.model_copy(update={"fn_metadata": metadata, "parameters": schema})


def _converted(result: Any) -> Any:
    """The answer with the same as text, without the room that indentation takes."""
    text = json.dumps(result.structured_content, ensure_ascii=False, allow_nan=False)
    return marked(result.model_copy(update={"content": [TextContent(type="text", text=text)]}))


def marked(result: Any) -> Any:
    """The answer with the notice before it."""
    notice = TextContent(type="text", text=NOTICE)
    return result.model_copy(update={"content": [notice, *result.content]})


def failed(sentence: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=sentence)], is_error=True)


def problem_sentence(error: QTwinError) -> str:
    """What the server, or the SDK, says, with the pointer of each field.

    It may name what others named.
    """
    if not isinstance(error, Problem):
        return others(error, LONGEST_ERROR)
    fields = [f"{one.pointer or 'body'}: {one.detail}" for one in error.errors]
    said = others("; ".join(fields) or error.detail, LONGEST_ERROR)
    return f"{error.title} ({error.status}): {said}"


def _untitled(schema: Any) -> Any:
    """The schema without titles, which only repeat names and take room in an agent's memory."""
    if isinstance(schema, dict):
        kept = {key: value for key, value in schema.items() if key != "title" or _is_part(value)}
        return {key: _untitled(value) for key, value in kept.items()}
    return [_untitled(one) for one in schema] if isinstance(schema, list) else schema


def _is_part(value: Any) -> bool:
    """A member that is called title is described by an object, a title is text."""
    return not isinstance(value, str)


def _sentences(error: ValidationError, schema: dict[str, Any]) -> list[str]:
    allowed = ", ".join(schema.get("properties", {}))
    found = []
    for one in error.errors(include_url=False):
        pointer = "/" + "/".join(str(part) for part in one["loc"])
        if one["type"] == "extra_forbidden":
            found.append(f"{pointer}: unknown argument; allowed: {allowed}")
        else:
            given = "" if one["type"] == "missing" else f"{one['input']!r:.60}: "
            found.append(f"{pointer}: {given}{one['msg']}")
    return found


def _plain(text: str) -> str:
    """A docstring as paragraphs."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return "\n".join(lines)
