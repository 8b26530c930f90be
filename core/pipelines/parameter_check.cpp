// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/parameter_check.h"

#include <QLocale>

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

const Parameter *named(const std::vector<Parameter> &form, const QString &name) {
    const auto found = std::find_if(form.begin(), form.end(), [&](const Parameter &p) { return p.name == name; });
    return found == form.end() ? nullptr : &*found;
}

QString asText(const QJsonValue &value) {
    return value.isDouble() ? QLocale::c().toString(value.toDouble(), 'g', QLocale::FloatingPointShortest).remove(QLatin1Char(',')) : value.toVariant().toString();
}

Result<QJsonValue> numberOf(const Parameter &p, const QJsonValue &value) {
    bool isNumber = value.isDouble();
    const double number = isNumber ? value.toDouble() : QLocale::c().toDouble(asText(value), &isNumber);
    if (!isNumber)
        return invalid(QStringLiteral("%1 takes a number, not “%2”.").arg(p.name, asText(value)));
    if ((p.least && number < *p.least) || (p.most && number > *p.most))
        return invalid(QStringLiteral("%1 is %2; it takes %3 to %4.")
                           .arg(p.name, asText(number), p.least ? asText(*p.least) : QStringLiteral("any number"), p.most ? asText(*p.most) : QStringLiteral("any number")));
    return QJsonValue(number);
}

Result<QJsonValue> valueOf(const Parameter &p, const QJsonValue &value) {
    switch (p.kind) {
    case Parameter::Kind::Number: return numberOf(p, value);
    case Parameter::Kind::Boolean: {
        if (value.isBool())
            return value;
        const QString word = asText(value).toLower();
        if (word != QLatin1String("true") && word != QLatin1String("false"))
            return invalid(QStringLiteral("%1 takes true or false, not “%2”.").arg(p.name, asText(value)));
        return QJsonValue(word == QLatin1String("true"));
    }
    case Parameter::Kind::Choice:
        if (!p.choices.isEmpty() && !p.choices.contains(asText(value)))
            return invalid(QStringLiteral("“%1” is no choice of %2.").arg(asText(value), p.name), {}, QStringLiteral("It takes: %1.").arg(p.choices.join(QStringLiteral(", "))));
        return QJsonValue(asText(value));
    case Parameter::Kind::Text:
    case Parameter::Kind::Lines:
        return value.isObject() || value.isArray() ? value : QJsonValue(asText(value)); // a structure is the system's own matter (Kubeflow: lists)
    case Parameter::Kind::Secret:
    case Parameter::Kind::File: break;
    }
    return value;
}

} // namespace

Result<QJsonObject> checkedValues(const std::vector<Parameter> &form, const QJsonObject &given) {
    if (form.empty())
        return given;
    QJsonObject out;
    for (auto it = given.begin(); it != given.end(); ++it) {
        const Parameter *const p = named(form, it.key());
        if (!p) {
            QStringList names;
            for (const Parameter &known : form)
                names << known.name;
            return invalid(QStringLiteral("There is no parameter “%1”.").arg(it.key()), {}, QStringLiteral("Known ones: %1.").arg(names.join(QStringLiteral(", "))));
        }
        PH_ASSIGN(const QJsonValue value, valueOf(*p, it.value()));
        out.insert(p->name, value);
    }
    for (const Parameter &p : form)
        if (p.required && (p.value.isUndefined() || p.value.isNull()) && (!out.contains(p.name) || asText(out.value(p.name)).isEmpty()) && p.kind != Parameter::Kind::Boolean
            && !out.value(p.name).isObject() && !out.value(p.name).isArray())
            return invalid(QStringLiteral("%1 needs a value.").arg(p.name), {}, p.description);
    return out;
}

Result<QJsonObject> typedValues(const std::vector<Parameter> &form, const QJsonObject &given) {
    QJsonObject named;
    for (auto it = given.begin(); it != given.end(); ++it) {
        const QString value = asText(it.value());
        const Parameter *const p = pipelines::named(form, it.key());
        if (!p || p->kind != Parameter::Kind::Secret) {
            named.insert(it.key(), it.value());
            continue;
        }
        if (!value.startsWith(QLatin1String("secret:")) || value.size() == 7)
            return invalid(QStringLiteral("%1 is a credential and takes the name of a secret, never its value.").arg(p->name), {},
                           QStringLiteral("Keep it with `pilot secrets set NAME` and give --param %1=secret:NAME.").arg(p->name));
        named.insert(it.key(), value.mid(7));
    }
    return checkedValues(form, named);
}

QJsonObject shownValues(const std::vector<Parameter> &form, const QJsonObject &values) {
    QJsonObject shown;
    for (auto it = values.begin(); it != values.end(); ++it) {
        const Parameter *const p = named(form, it.key());
        if (!p || p->kind != Parameter::Kind::Secret)
            shown.insert(it.key(), it.value());
    }
    return shown;
}

} // namespace pilothouse::pipelines
