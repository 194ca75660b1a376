"""A subset of PMML, the language-neutral model file of slide 15: linear models behind a scaler.

It is written and read with Python's own XML library. A document type is refused before anything in
it is read, so that no entity can grow or fetch a file. Real PMML engines read much more.

Talk: slide 15 (export model as PMML).
Chapter: 06
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.export.anatomy import Parts, take_apart

__all__ = ["PMML_KINDS", "PmmlModel", "read_pmml", "to_pmml"]

PMML_KINDS = ("LogisticRegression", "LinearRegression")
SPACE = "http://www.dmg.org/PMML-4_4"

_APPLY: dict[str, Callable[..., NDArray[np.float64]]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}


def to_pmml(estimator: Any, names: Sequence[str] | None = None) -> bytes:
    """Write a trained linear model as PMML 4.4.

    Parameters
    ----------
    estimator : Any
        A fitted linear regression or a logistic regression with two classes, alone or behind a
        ``StandardScaler``.
    names : sequence of str, optional
        Names of the features; ``x0``, ``x1``, ... when left out.

    Returns
    -------
    bytes
        An XML document in UTF-8.

    Raises
    ------
    ValueError
        When the estimator cannot be exported (the message says which can), or `names` do not fit.
    """
    parts = take_apart(estimator, PMML_KINDS)
    names = _fitting(names, parts.mean.size)
    root = ET.Element("PMML", xmlns=SPACE, version="4.4")
    ET.SubElement(ET.SubElement(root, "Header"), "Application", name="mlbook")
    fields = ET.SubElement(root, "DataDictionary")
    for name in names:
        ET.SubElement(fields, "DataField", name=name, optype="continuous", dataType="double")
    if parts.kind == "LogisticRegression":
        target = ET.SubElement(
            fields, "DataField", name="target", optype="categorical", dataType="string"
        )
        for label in parts.model.classes_.tolist():
            ET.SubElement(target, "Value", value=str(label))
    else:
        ET.SubElement(fields, "DataField", name="target", optype="continuous", dataType="double")
    _add_model(root, parts, names)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def read_pmml(document: bytes) -> PmmlModel:
    """Read a linear model from PMML.

    Parameters
    ----------
    document : bytes
        The XML document.

    Returns
    -------
    PmmlModel
        Predicts from the document alone.

    Raises
    ------
    ValueError
        When the document has a document type, is no XML, or holds what this subset cannot read.
    """
    try:
        root = ET.fromstring(document, ET.XMLParser(target=_NoDoctype()))
    except ET.ParseError as wrong:
        text = f"document must be XML, got a mistake: {wrong}. Export the model again."
        raise ValueError(text) from None
    try:
        model = PmmlModel(root)
        with np.errstate(all="ignore"):
            model.predict(np.zeros((1, len(model.names))))  # does everything fit together?
    except KeyError as missing:
        text = f"document must define what it uses, got a reference to {missing} and no such thing."
        raise ValueError(f"{text} Export the model again.") from None
    return model


class PmmlModel:
    """A linear model that was read from PMML.

    Parameters
    ----------
    root : xml.etree.ElementTree.Element
        The document.
    """

    def __init__(self, root: ET.Element) -> None:
        model = root.find(_tag("RegressionModel"))
        if model is None:
            found = ", ".join(map(_local, root)) or "nothing"
            text = f"document must hold a RegressionModel (the subset read here), got {found}."
            raise ValueError(f"{text} Use a whole PMML engine for other models.")
        schema = model.findall(f"{_tag('MiningSchema')}/{_tag('MiningField')}")
        self.names = [each.attrib["name"] for each in schema if each.get("usageType") != "target"]
        self._derived = model.findall(f"{_tag('LocalTransformations')}/{_tag('DerivedField')}")
        self._table = _table_that_counts(model)
        self._logit = model.get("normalizationMethod") == "logit"

    def predict(self, columns: ArrayLike) -> NDArray[np.float64]:
        """Predict from the document alone.

        Parameters
        ----------
        columns : array_like of shape (n, n_features)
            The features, in the order of the document's mining schema.

        Returns
        -------
        ndarray of shape (n,)
            The probability of the class of the first table (scikit-learn's second class, when
            :func:`to_pmml` wrote the document), or the value of a regression.
        """
        values = np.atleast_2d(np.asarray(columns, dtype=float))
        if values.shape[1] != len(self.names):
            text = f"columns must be {', '.join(self.names)} in this order, got {values.shape[1]}."
            raise ValueError(f"{text} Extract them as the training did.")
        fields = dict(zip(self.names, values.T, strict=True))
        for each in self._derived:
            fields[each.attrib["name"]] = _evaluate(each[0], fields)
        total = np.full(len(values), float(self._table.get("intercept", 0)))
        for term in self._table:
            total += float(term.attrib["coefficient"]) * fields[term.attrib["name"]]
        return np.exp(-np.logaddexp(0, -total)) if self._logit else total


class _NoDoctype(ET.TreeBuilder):
    """Builds a tree; called for a document type, before its entities are read, it refuses."""

    def doctype(self, name: str, *_: str | None) -> NoReturn:
        text = f"document must have no document type, got <!DOCTYPE {name} ...>."
        raise ValueError(f"{text} Take it out: a model file needs none.")


def _add_model(root: ET.Element, parts: Parts, names: Sequence[str]) -> None:
    classify = parts.kind == "LogisticRegression"
    model = ET.SubElement(
        root,
        "RegressionModel",
        functionName="classification" if classify else "regression",
        normalizationMethod="logit" if classify else "none",
    )
    schema = ET.SubElement(model, "MiningSchema")
    for name in names:
        ET.SubElement(schema, "MiningField", name=name)
    ET.SubElement(schema, "MiningField", name="target", usageType="target")
    scaled = ET.SubElement(model, "LocalTransformations")
    for name, mean, scale in zip(names, parts.mean, parts.scale, strict=True):
        _add_scaling(scaled, name, mean, scale)
    table = ET.SubElement(model, "RegressionTable", intercept=_exact(parts.model.intercept_))
    for name, weight in zip(names, np.ravel(parts.model.coef_), strict=True):
        ET.SubElement(table, "NumericPredictor", name=f"scaled({name})", coefficient=_exact(weight))
    if classify:
        first, second = (str(label) for label in parts.model.classes_.tolist())
        table.set("targetCategory", second)
        ET.SubElement(model, "RegressionTable", intercept="0", targetCategory=first)


def _add_scaling(to: ET.Element, name: str, mean: float, scale: float) -> None:
    """Write ``(feature - mean) / scale`` in PMML's own words."""
    field = ET.SubElement(
        to, "DerivedField", name=f"scaled({name})", optype="continuous", dataType="double"
    )
    divide = ET.SubElement(field, "Apply", function="/")
    minus = ET.SubElement(divide, "Apply", function="-")
    ET.SubElement(minus, "FieldRef", field=name)
    ET.SubElement(minus, "Constant", dataType="double").text = _exact(mean)
    ET.SubElement(divide, "Constant", dataType="double").text = _exact(scale)


def _exact(number: Any) -> str:
    """Write a number so that reading it gives the very same one."""
    return repr(float(np.ravel(number)[0]))


def _tag(name: str) -> str:
    return f"{{*}}{name}"  # whatever the document's version


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _fitting(names: Sequence[str] | None, size: int) -> list[str]:
    names = [f"x{k}" for k in range(size)] if names is None else list(names)
    if len(names) != size or len({*names, "target"}) <= size:
        text = f"names must be {size} different ones (one a feature, none of them 'target'), got "
        raise ValueError(f"{text}{names}. Leave them out for x0, x1, ...")
    return names


def _table_that_counts(model: ET.Element) -> ET.Element:
    """Find the table with the weights; with two classes the other one is empty."""
    first, *others = model.findall(_tag("RegressionTable"))
    kind = model.get("functionName"), model.get("normalizationMethod", "none")
    terms = {*map(_local, first)} - {"NumericPredictor"}
    powers = {each.get("exponent", "1") for each in first} - {"1"}
    allowed = [("regression", "none", 0), ("classification", "logit", 1)]
    if (*kind, len(others)) not in allowed or any(map(len, others)) or terms or powers:
        text = f"RegressionModel must be linear, or logistic with two classes, got {kind}"
        raise ValueError(f"{text} with {1 + len(others)} tables. Use a whole PMML engine for it.")
    return first


def _evaluate(
    expression: ET.Element, fields: dict[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Compute a field from others: references, constants and the four operations."""
    tag = _local(expression)
    if tag == "FieldRef":
        return fields[expression.attrib["field"]]
    if tag == "Constant":
        return np.array(float(expression.text or "nan"))
    if tag == "Apply" and expression.get("function") in _APPLY:
        left, right = (_evaluate(each, fields) for each in expression)
        return _APPLY[expression.attrib["function"]](left, right)
    text = f"DerivedField must hold FieldRef, Constant or Apply (+ - * /), got {tag}"
    raise ValueError(f"{text} {expression.get('function', '')}. Use a whole PMML engine for it.")
