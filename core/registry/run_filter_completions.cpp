// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/run_filter_tokens.h"

#include <QSet>

#include <algorithm>

namespace pilothouse::registry {

namespace {

constexpr qsizetype mostValues = 50;
constexpr std::size_t mostItems = 50;

/// What may follow the words before the cursor.
struct Expected {
    bool term = false, joint = false, open = false; ///< open: the list of IN begins
    std::optional<FilterKey> comparedBy, valueOf;
};

bool isSpecial(const FilterToken &t) {
    for (const char *word : {"and", "or", "not", "like", "ilike", "in", "is", "null"})
        if (t.is(word))
            return true;
    return false;
}

bool takesValue(const FilterToken &t) { return t.kind == FilterToken::Operator || t.is("like") || t.is("ilike"); }

Expected expectedAfter(const std::vector<FilterToken> &before) {
    Expected e;
    const auto n = before.size();
    const auto keyAt = [&](std::size_t back) -> std::optional<FilterKey> { return back <= n ? filterKey(before[n - back]) : std::nullopt; };
    if (n == 0 || before[n - 1].is("and") || before[n - 1].is("or")) {
        e.term = true;
        return e;
    }
    const FilterToken &last = before[n - 1];
    if (takesValue(last)) {
        e.valueOf = keyAt(2);
    } else if (last.is("in")) {
        e.open = true;
    } else if (last.is("not")) {
        e.term = true;
    } else if (last.kind == FilterToken::Open || last.kind == FilterToken::Comma) { // of a list, or of a condition
        auto i = n;
        while (i > 0 && before[i - 1].kind != FilterToken::Open)
            --i;
        const auto open = i; // one after the parenthesis
        if (open >= 3 && before[open - 2].is("in"))
            e.valueOf = filterKey(before[open - 3 - (before[open - 3].is("not") && open >= 4 ? 1 : 0)]);
        else
            e.term = last.kind == FilterToken::Open;
    } else if (last.kind == FilterToken::Close || last.is("null") || (n >= 2 && takesValue(before[n - 2]))) { // a condition is complete
        e.joint = true;
    } else if (last.kind == FilterToken::Word && !isSpecial(last) && keyAt(1)) {
        e.comparedBy = keyAt(1);
    } else {
        e.joint = e.term = true;
    }
    return e;
}

QString quotedKey(const QString &entity, const QString &key) {
    const bool plain = std::all_of(key.begin(), key.end(), [](QChar c) { return c.isLetterOrNumber() || c == QLatin1Char('_') || c == QLatin1Char('.'); });
    if (plain)
        return entity + key;
    const QChar quote = key.contains(QLatin1Char('`')) ? QLatin1Char('"') : QLatin1Char('`');
    return entity + quote + key + quote;
}

QString quotedValue(const QString &value) {
    const QChar quote = value.contains(QLatin1Char('\'')) && !value.contains(QLatin1Char('"')) ? QLatin1Char('"') : QLatin1Char('\'');
    QString inside = value;
    return quote + inside.replace(quote, QString(2, quote)) + quote;
}

std::vector<FilterCompletions::Item> operatorsFor(const FilterKey &key) {
    std::vector<FilterCompletions::Item> items;
    const auto add = [&](std::initializer_list<const char *> words) {
        for (const char *word : words)
            items.push_back({QLatin1String(word), QStringLiteral("operator")});
    };
    if (key.isNumber())
        add({"<", "<=", ">", ">=", "=", "!="});
    else
        add({"=", "!=", "LIKE", "ILIKE", "IN", "NOT IN"});
    if (key.entity == FilterKey::Param || key.entity == FilterKey::Tag)
        add({"IS NULL", "IS NOT NULL", "<", "<=", ">", ">="});
    return items;
}

void addTerms(std::vector<FilterCompletions::Item> &items, const RunVocabulary &known) {
    for (const QString &key : known.metrics)
        items.push_back({quotedKey(QStringLiteral("metrics."), key), QStringLiteral("metric")});
    for (const QString &key : known.params)
        items.push_back({quotedKey(QStringLiteral("params."), key), QStringLiteral("param")});
    for (const QString &key : filterAttributes())
        items.push_back({QStringLiteral("attributes.") + key, QStringLiteral("attribute")});
    for (const QString &key : known.tags)
        items.push_back({quotedKey(QStringLiteral("tags."), key), QStringLiteral("tag")});
    items.push_back({QStringLiteral("NOT"), QStringLiteral("operator")});
}

/// How well a suggestion goes with what is written: 0 begins so, 1 a part of it does, 2 it is in there, 3 not at all.
int rank(const QString &suggestion, const QString &begun) {
    const qsizetype at = suggestion.indexOf(begun, 0, Qt::CaseInsensitive);
    if (at < 0)
        return 3;
    return at == 0 ? 0 : !suggestion[at - 1].isLetterOrNumber() ? 1 : 2;
}

} // namespace

FilterCompletions completions(const QString &text, qsizetype cursor, const RunVocabulary &known) {
    FilterCompletions out;
    cursor = qBound(qsizetype(0), cursor, text.size());
    std::vector<FilterToken> before;
    QString begun;
    out.replaces = {cursor, 0};
    for (const FilterToken &token : filterTokens(text)) {
        const qsizetype end = token.span.at + token.span.length;
        const bool word = token.kind == FilterToken::Word || token.kind == FilterToken::Text || token.kind == FilterToken::Operator;
        const bool finished = token.kind == FilterToken::Text && token.closed && cursor == end;
        if (word && !finished && token.span.at < cursor && cursor <= end) {
            begun = text.mid(token.span.at, cursor - token.span.at);
            out.replaces = token.span;
            if (!token.closed) // it swallowed all that follows
                out.replaces.length = cursor - token.span.at;
            break;
        }
        if (token.kind == FilterToken::End || token.span.at >= cursor)
            break;
        before.push_back(token);
    }
    const Expected e = expectedAfter(before);
    std::vector<FilterCompletions::Item> items;
    if (e.valueOf) {
        for (const QString &value : known.values.value(e.valueOf->name()))
            items.push_back({quotedValue(value), QStringLiteral("value")});
        while (!begun.isEmpty() && (begun[0] == QLatin1Char('\'') || begun[0] == QLatin1Char('"')))
            begun.remove(0, 1);
    }
    else
        begun.remove(QLatin1Char('`'));
    if (e.comparedBy)
        items = operatorsFor(*e.comparedBy);
    if (e.open)
        items.push_back({QStringLiteral("('"), QStringLiteral("list")});
    if (e.joint)
        for (const char *word : {"AND", "OR"})
            items.push_back({QLatin1String(word), QStringLiteral("operator")});
    if (e.term)
        addTerms(items, known);
    for (int wanted = 0; wanted < 3; ++wanted)
        for (const auto &item : items) {
            QString looked = item.detail == QLatin1String("value") ? item.text.mid(1) : item.text;
            looked.remove(QLatin1Char('`')); // whoever writes a key need not know that it will stand in quotes
            if (out.items.size() < mostItems && (begun.isEmpty() ? wanted == 0 : rank(looked, begun) == wanted))
                out.items.push_back(item);
        }
    return out;
}

RunVocabulary vocabularyOf(const std::vector<Run> &runs) {
    RunVocabulary known;
    QMap<QString, QSet<QString>> metrics, params, tags; // key → values; those of a metric are not kept
    QMap<QString, QSet<QString>> attributes;
    const auto add = [](QSet<QString> &values, const QString &value) {
        if (values.size() < mostValues && value.size() <= 80)
            values.insert(value);
    };
    for (const Run &run : runs) {
        for (auto it = run.metrics.begin(); it != run.metrics.end(); ++it)
            metrics[it.key()];
        for (auto it = run.params.begin(); it != run.params.end(); ++it)
            add(params[it.key()], *it);
        for (auto it = run.tags.begin(); it != run.tags.end(); ++it)
            add(tags[it.key()], *it);
        add(attributes[QStringLiteral("run_name")], run.name);
        add(attributes[QStringLiteral("experiment")], run.experiment);
        add(attributes[QStringLiteral("user_id")], run.user);
    }
    for (const RunStatus s : {RunStatus::Running, RunStatus::Finished, RunStatus::Failed, RunStatus::Killed})
        attributes[QStringLiteral("status")].insert(runStatusName(s));
    known.metrics = metrics.keys();
    known.params = params.keys();
    known.tags = tags.keys();
    const auto keep = [&](const QString &entity, const QMap<QString, QSet<QString>> &found) {
        for (auto it = found.begin(); it != found.end(); ++it) {
            QStringList values(it->begin(), it->end());
            values.removeAll(QString());
            values.sort();
            known.values.insert(entity + it.key(), values);
        }
    };
    keep(QStringLiteral("params."), params);
    keep(QStringLiteral("tags."), tags);
    keep(QStringLiteral("attributes."), attributes);
    return known;
}

} // namespace pilothouse::registry
