"""The addresses of statements and of the estimate."""

from django.urls import URLPattern, path

from upline.web.cabinet import statements, statements_orders, statements_reasons

_OF = "<slug:calendar>/<str:label>/"
_ORDER = f"{_OF}orders/<str:number>/"
_ESTIMATE = {"is_estimate": True}

urlpatterns: list[URLPattern] = [
    path("statements/", statements.statement_list, name="statements"),
    path("statements/<slug:form>/", statements.export, name="statements-export"),
    path(f"statements/{_OF}", statements.statement, name="statement-of"),
    path(f"statements/{_OF}why-not/", statements_reasons.why_not, name="statement-why-not"),
    path(f"statements/{_OF}lines/<int:number>/", statements_reasons.why, name="statement-why"),
    path(f"statements/{_ORDER}", statements_orders.order, name="statement-order"),
    path(
        f"statements/{_ORDER}<slug:form>/",
        statements_orders.order_file,
        name="statement-order-export",
    ),
    path(f"statements/{_OF}<slug:form>/", statements_reasons.export, name="statement-export"),
    path("estimate/", statements.estimate, name="estimate"),
    path("estimate/why-not/", statements_reasons.why_not_now, name="estimate-why-not-now"),
    path(f"estimate/{_OF}", statements.estimate, name="estimate-of"),
    path(f"estimate/{_OF}why-not/", statements_reasons.why_not, _ESTIMATE, "estimate-why-not"),
    path(f"estimate/{_OF}lines/<int:number>/", statements_reasons.why, _ESTIMATE, "estimate-why"),
    path(f"estimate/{_ORDER}", statements_orders.order, _ESTIMATE, "estimate-order"),
    path(
        f"estimate/{_ORDER}<slug:form>/",
        statements_orders.order_file,
        _ESTIMATE,
        "estimate-order-export",
    ),
    path(f"estimate/{_OF}<slug:form>/", statements_reasons.export, _ESTIMATE, "estimate-export"),
]
