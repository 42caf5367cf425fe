"""The Celery application; its settings are the CELERY_* names in shop.settings."""

import os
from typing import Any

from celery import Celery, Task
from celery.signals import before_task_publish

from contracts.audit.request_ids import current_request_id, serving

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

REQUEST_ID = "kaufhaus_request_id"
"""Header of a message: the request that has asked for the task."""


class ServingTask(Task):
    """Whatever a task does is done for the request that asked for it; else for the task."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        asked_by = self.request.get(REQUEST_ID) or self.request.id or current_request_id()
        with serving(asked_by):
            return super().__call__(*args, **kwargs)


def _name_the_request(headers: dict[str, Any], **_kwargs: Any) -> None:
    headers[REQUEST_ID] = current_request_id()


before_task_publish.connect(_name_the_request, dispatch_uid="shop.celery.request_id")

app = Celery("kaufhaus", task_cls=ServingTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
