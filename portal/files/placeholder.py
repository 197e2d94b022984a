"""The picture in place of one whose file this machine does not have; sent back by a client, it changes nothing."""

from __future__ import annotations

import base64

PLACEHOLDER_BASE64 = (
    "iVBORw0KGgoAAAANSUhEUgAAAEAAAABAAQMAAACQp+OdAAAABlBMVEXj5t6jqqANqDiEAAAAkUlEQVR42r3QvRGCQBAF4O8WZiCT"
    "DqQTKckObI1SKIHQwOEM7gJwHB0TN3r79u/t47/RrRWcHwiMUcGU0GCWZkFiKiVKTzAemZ/AxnJkMnNJbrmyl61OLdur5p/idK97"
    "rl0hUs7lVpfzStDTEwy0u++CiURT5KU5JJj24gNGoYVhX+qhf2vCAO1no8bdgS+uPgFpURfOL782bQAAAABJRU5ErkJggg=="
)
"""A grey figure, PNG of 64 by 64 pixels; its bytes must never change, because clients keep it."""

PLACEHOLDER = base64.b64decode(PLACEHOLDER_BASE64)
