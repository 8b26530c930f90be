// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/yaml_text.h"

#include <QLocale>
#include <QRegularExpression>
#include <QStringList>

namespace pilothouse::workspace {

namespace {

bool readsAsOther(const QString &text) {
    static const QStringList words{QStringLiteral("true"), QStringLiteral("false"), QStringLiteral("yes"), QStringLiteral("no"),
                                   QStringLiteral("on"),   QStringLiteral("off"),   QStringLiteral("y"),   QStringLiteral("n")};
    bool number = false;
    (void)text.toDouble(&number);
    return number || words.contains(text.toLower());
}

bool mustQuote(const QString &text) {
    static const QStringList nulls{QStringLiteral("null"), QStringLiteral("Null"), QStringLiteral("NULL"), QStringLiteral("~")};
    if (text.isEmpty() || nulls.contains(text) || text != text.trimmed())
        return true;
    if (text == QLatin1String("-") || text == QLatin1String("?") || text == QLatin1String(":"))
        return true;
    static const QRegularExpression start(QStringLiteral(R"(^(?:[-?:]\s|[,\[\]{}#&*!|>'"%@`]|---|\.\.\.))"));
    static const QRegularExpression inside(QStringLiteral(R"([,\[\]{}]|:(?:\s|$)|\s#|[\x00-\x1f\x7f\x{85}\x{a0}\x{2028}\x{2029}\x{feff}])"));
    return start.match(text).hasMatch() || inside.match(text).hasMatch();
}

} // namespace

QByteArray yamlScalar(const QString &text, bool keepText) {
    if (!mustQuote(text) && !(keepText && readsAsOther(text)))
        return text.toUtf8();
    QString quoted;
    for (const QChar c : text) {
        if (c == QLatin1Char('"') || c == QLatin1Char('\\'))
            quoted += QLatin1Char('\\') + QString(c);
        else if (c == QLatin1Char('\n'))
            quoted += QLatin1String("\\n");
        else if (c == QLatin1Char('\t'))
            quoted += QLatin1String("\\t");
        else if (!c.isSurrogate() && !c.isPrint())
            quoted += QStringLiteral("\\u%1").arg(c.unicode(), 4, 16, QLatin1Char('0'));
        else
            quoted += c;
    }
    return '"' + quoted.toUtf8() + '"';
}

QStringList documentedOrder(const QStringList &keys) {
    static const char *const order[] = {"workspace", "role", "zone", "connections", "models", "notifications", "kind", "connection", "root", "url", "user",
                                        "secret", "name", "champion", "registry", "recipe", "pipeline", "deployment", "endpoint", "job", "namespace",
                                        "target", "steps", "watch", "promotion", "retrain", "metric", "source", "max", "min", "unit", "when", "at_most_every",
                                        "executor"};
    QStringList sorted;
    for (const char *key : order)
        if (keys.contains(QLatin1String(key)))
            sorted << QLatin1String(key);
    QStringList others;
    for (const QString &key : keys)
        if (!sorted.contains(key))
            others << key;
    others.sort();
    return sorted + others;
}

QByteArray yamlNumber(double value) {
    QByteArray text = QByteArray::number(value, 'g', QLocale::FloatingPointShortest);
    if (!text.contains('.') && !text.contains('e'))
        text += ".0";
    return text;
}

QByteArray yamlFlow(const QVariant &value) {
    switch (value.typeId()) {
    case QMetaType::Bool: return value.toBool() ? "true" : "false";
    case QMetaType::Int:
    case QMetaType::LongLong: return QByteArray::number(value.toLongLong());
    case QMetaType::UInt:
    case QMetaType::ULongLong: return QByteArray::number(value.toULongLong());
    case QMetaType::Double:
    case QMetaType::Float: return yamlNumber(value.toDouble());
    case QMetaType::QStringList:
    case QMetaType::QVariantList: {
        QByteArrayList parts;
        for (const QVariant &item : value.toList())
            parts << yamlFlow(item);
        return '[' + parts.join(", ") + ']';
    }
    case QMetaType::QVariantMap: {
        QByteArrayList parts;
        const QVariantMap map = value.toMap();
        for (const QString &key : documentedOrder(map.keys()))
            parts << yamlScalar(key) + ": " + yamlFlow(map.value(key));
        return '{' + parts.join(", ") + '}';
    }
    default: return yamlScalar(value.toString(), true);
    }
}

} // namespace pilothouse::workspace
