// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/run_filter_tokens.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::registry {

/// One node of the tree: a joint over its children, or one condition.
struct RunFilter::Node {
    enum Kind { And, Or, Not, Compare, Word } kind = And;
    enum Comparison { Equal, Unequal, Less, LessOrEqual, Greater, GreaterOrEqual, Like, ILike, In, NotIn, IsNull, IsNotNull } comparison = Equal;
    std::vector<std::shared_ptr<const Node>> children;
    FilterKey key;
    std::optional<double> number; ///< else `text` or `list`
    QString text;                 ///< Word: folded
    QStringList list;
};

namespace {

using Node = RunFilter::Node;
using NodePtr = std::shared_ptr<const Node>;

/// Whether a text is what a LIKE pattern says: % is any run of characters, _ any one.
bool isLike(QStringView text, QStringView pattern, Qt::CaseSensitivity sensitivity) {
    qsizetype t = 0, p = 0, star = -1, back = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == QLatin1Char('%')) {
            star = p++;
            back = t;
        } else if (p < pattern.size() && (pattern[p] == QLatin1Char('_') || text.mid(t, 1).compare(pattern.mid(p, 1), sensitivity) == 0)) {
            ++t;
            ++p;
        } else if (star >= 0) {
            p = star + 1;
            t = ++back;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == QLatin1Char('%'))
        ++p;
    return p == pattern.size();
}

bool compareNumbers(double left, Node::Comparison comparison, double right) {
    if (std::isnan(right)) // of no use as a number: "which are NaN?"
        return comparison == Node::Equal ? std::isnan(left) : comparison == Node::Unequal && !std::isnan(left);
    switch (comparison) {
    case Node::Equal: return left == right;
    case Node::Unequal: return left != right;
    case Node::Less: return left < right;
    case Node::LessOrEqual: return left <= right;
    case Node::Greater: return left > right;
    case Node::GreaterOrEqual: return left >= right;
    default: return false;
    }
}

bool compareTexts(const QString &left, const Node &node) {
    switch (node.comparison) {
    case Node::Equal: return left == node.text;
    case Node::Unequal: return left != node.text;
    case Node::Like: return isLike(left, node.text, Qt::CaseSensitive);
    case Node::ILike: return isLike(left, node.text, Qt::CaseInsensitive);
    case Node::In: return node.list.contains(left);
    case Node::NotIn: return !node.list.contains(left);
    default: return false;
    }
}

std::optional<double> numberOf(const Run &run, const FilterKey &key) {
    const auto time = [](const QDateTime &t) { return t.isValid() ? std::optional(double(t.toMSecsSinceEpoch())) : std::nullopt; };
    if (key.entity == FilterKey::Metric) {
        const auto found = run.metrics.constFind(key.key);
        return found == run.metrics.constEnd() ? std::nullopt : std::optional(*found);
    }
    if (key.key == QLatin1String("start_time"))
        return time(run.started);
    if (key.key == QLatin1String("end_time"))
        return time(run.ended);
    return run.started.isValid() && run.ended.isValid() ? std::optional(double(run.started.msecsTo(run.ended)) / 1000) : std::nullopt;
}

std::optional<QString> textOf(const Run &run, const FilterKey &key) {
    const auto of = [&](const QMap<QString, QString> &map) {
        const auto found = map.constFind(key.key);
        return found == map.constEnd() ? std::nullopt : std::optional(*found);
    };
    if (key.entity == FilterKey::Param)
        return of(run.params);
    if (key.entity == FilterKey::Tag)
        return of(run.tags);
    if (key.key == QLatin1String("run_name"))
        return run.name;
    if (key.key == QLatin1String("run_id"))
        return run.id;
    if (key.key == QLatin1String("experiment"))
        return run.experiment;
    if (key.key == QLatin1String("user_id"))
        return run.user;
    if (key.key == QLatin1String("status"))
        return runStatusName(run.status);
    return run.artifactFolder;
}

bool compares(const Run &run, const Node &node) {
    if (node.key.isNumber()) {
        const auto value = numberOf(run, node.key);
        return value && compareNumbers(*value, node.comparison, *node.number);
    }
    const auto text = textOf(run, node.key);
    if (node.comparison == Node::IsNull || node.comparison == Node::IsNotNull)
        return text.has_value() == (node.comparison == Node::IsNotNull);
    if (!text)
        return false;
    if (!node.number)
        return compareTexts(*text, node);
    const auto value = filterNumber(text->trimmed());
    return value && compareNumbers(*value, node.comparison, *node.number);
}

bool hasWord(const Run &run, const QString &word) {
    const auto in = [&](const QString &text) { return text.contains(word, Qt::CaseInsensitive); };
    return in(run.name) || in(run.id) || in(run.user) || in(run.experiment) || std::any_of(run.tags.begin(), run.tags.end(), in);
}

bool holds(const Run &run, const Node &node) {
    const auto child = [&](const NodePtr &c) { return holds(run, *c); };
    switch (node.kind) {
    case Node::And: return std::all_of(node.children.begin(), node.children.end(), child);
    case Node::Or: return std::any_of(node.children.begin(), node.children.end(), child);
    case Node::Not: return !child(node.children.front());
    case Node::Compare: return compares(run, node);
    case Node::Word: return hasWord(run, node.text);
    }
    return false;
}

/// Reads the tree by descent: or, and, not, one condition.
class Parser {
public:
    Parser(const QString &text, TextSpan *wrong) : m_tokens(filterTokens(text)), m_wrong(wrong) {}

    Result<NodePtr> all() {
        PH_ASSIGN(NodePtr root, joined(Node::Or));
        if (now().kind != FilterToken::End)
            return wrong(now(), QStringLiteral("“%1” closes nothing.").arg(now().text), QStringLiteral("Take it away, or open a parenthesis before."));
        return root;
    }

private:
    const FilterToken &now() const { return m_tokens[m_at]; }
    const FilterToken &next() const { return m_tokens[std::min(m_at + 1, m_tokens.size() - 1)]; }
    Error wrong(const FilterToken &token, const QString &what, const QString &hint = {}) const {
        if (m_wrong)
            *m_wrong = token.span;
        return invalid(what, QStringLiteral("column %1").arg(token.span.at + 1), hint);
    }

    Result<NodePtr> joined(Node::Kind kind) {
        auto node = std::make_shared<Node>();
        node->kind = kind;
        while (true) {
            PH_ASSIGN(NodePtr child, kind == Node::Or ? joined(Node::And) : single());
            node->children.push_back(std::move(child));
            if (now().kind == FilterToken::End || now().kind == FilterToken::Close)
                break;
            if (now().is("or")) {
                if (kind == Node::And)
                    break;
                ++m_at;
            } else if (now().is("and")) {
                ++m_at;
            } // else: two conditions side by side must both hold
        }
        return node->children.size() == 1 ? node->children.front() : NodePtr(node);
    }

    Result<NodePtr> single() {
        const FilterToken &token = now();
        if (token.kind == FilterToken::End)
            return wrong(token, QStringLiteral("The filter ends where a condition should follow."), QStringLiteral("A condition reads: metrics.rmse < 1."));
        if (token.is("not")) {
            ++m_at;
            PH_ASSIGN(NodePtr child, single());
            auto node = std::make_shared<Node>();
            node->kind = Node::Not;
            node->children.push_back(std::move(child));
            return NodePtr(node);
        }
        if (token.kind == FilterToken::Open)
            return inParentheses();
        if (token.kind != FilterToken::Word && token.kind != FilterToken::Text)
            return wrong(token, QStringLiteral("“%1” cannot begin a condition.").arg(token.text), QStringLiteral("A condition reads: metrics.rmse < 1."));
        if (token.is("and") || token.is("or"))
            return wrong(token, QStringLiteral("“%1” joins nothing here.").arg(token.text), QStringLiteral("A condition stands on both sides of it."));
        if (!token.closed)
            return wrong(token, QStringLiteral("The quote is not closed."), QStringLiteral("Add %1 at its end.").arg(token.quote));
        if (isOperator(next()))
            return comparison();
        if (const qsizetype dot = token.text.indexOf(QLatin1Char('.')); token.kind == FilterToken::Word && dot > 0 && filterEntity(token.text.left(dot)))
            return wrong(token, QStringLiteral("After %1 an operator is missing.").arg(token.text), QStringLiteral("For example %1.").arg(filterEntity(token.text.left(dot)) == FilterKey::Metric ? token.text + QStringLiteral(" < 1") : token.text + QStringLiteral(" = 'value'")));
        auto node = std::make_shared<Node>();
        node->kind = Node::Word;
        node->text = token.text;
        ++m_at;
        return NodePtr(node);
    }

    Result<NodePtr> inParentheses() {
        const FilterToken open = now();
        ++m_at;
        if (now().kind == FilterToken::Close)
            return wrong(now(), QStringLiteral("There is nothing in the parentheses."));
        PH_ASSIGN(NodePtr node, joined(Node::Or));
        if (now().kind != FilterToken::Close)
            return wrong(open, QStringLiteral("The parenthesis is not closed."), QStringLiteral("Add ) at its end."));
        ++m_at;
        return node;
    }

    /// A word operator counts only where it can be one: "not" also begins a condition.
    bool isOperator(const FilterToken &token) const {
        if (token.kind == FilterToken::Operator || token.is("like") || token.is("ilike") || token.is("in") || token.is("is"))
            return true;
        return token.is("not") && m_at + 2 < m_tokens.size() && m_tokens[m_at + 2].is("in");
    }

    Result<NodePtr> comparison() {
        const FilterToken keyToken = now();
        const auto key = filterKey(keyToken);
        if (!key) {
            const qsizetype dot = keyToken.text.indexOf(QLatin1Char('.'));
            return wrong(keyToken, dot >= 0 && !filterEntity(keyToken.text.left(dot)) ? QStringLiteral("A run has no “%1”.").arg(keyToken.text.left(dot)) : QStringLiteral("“%1” is no attribute of a run.").arg(keyToken.text.mid(dot + 1)),
                         QStringLiteral("Write metrics.…, params.… or tags.…; attributes are %1.").arg(filterAttributes().join(QStringLiteral(", "))));
        }
        ++m_at;
        auto node = std::make_shared<Node>();
        node->kind = Node::Compare;
        node->key = *key;
        const FilterToken operatorToken = now();
        PH_TRY(readOperator(*node));
        PH_TRY(checkOperator(*node, operatorToken));
        if (node->comparison == Node::In || node->comparison == Node::NotIn)
            PH_TRY(readList(*node));
        else if (node->comparison != Node::IsNull && node->comparison != Node::IsNotNull)
            PH_TRY(readValue(*node, operatorToken));
        return NodePtr(node);
    }

    Result<void> readOperator(Node &node) {
        static const std::pair<const char *, Node::Comparison> signs[]{{"=", Node::Equal}, {"==", Node::Equal}, {"!=", Node::Unequal}, {"<>", Node::Unequal},
                                                                       {"<", Node::Less}, {"<=", Node::LessOrEqual}, {">", Node::Greater}, {">=", Node::GreaterOrEqual}};
        const FilterToken token = now();
        ++m_at;
        if (token.is("like") || token.is("ilike")) {
            node.comparison = token.is("like") ? Node::Like : Node::ILike;
            return {};
        }
        if (token.is("in")) {
            node.comparison = Node::In;
            return {};
        }
        if (token.is("not")) {
            ++m_at; // isOperator() has seen the IN
            node.comparison = Node::NotIn;
            return {};
        }
        if (token.is("is")) {
            const bool no = now().is("not");
            if (no)
                ++m_at;
            if (!now().is("null"))
                return wrong(now().kind == FilterToken::End ? token : now(), QStringLiteral("IS is followed by NULL or NOT NULL."));
            ++m_at;
            node.comparison = no ? Node::IsNotNull : Node::IsNull;
            return {};
        }
        for (const auto &[sign, comparison] : signs)
            if (token.text == QLatin1String(sign)) {
                node.comparison = comparison;
                return {};
            }
        return wrong(token, QStringLiteral("“%1” is no operator.").arg(token.text), QStringLiteral("There are =, !=, <, <=, >, >=, LIKE, ILIKE, IN, NOT IN and IS NULL."));
    }

    Result<void> checkOperator(const Node &node, const FilterToken &token) const {
        const bool words = node.comparison >= Node::Like;
        if (node.key.isNumber() && words)
            return wrong(token, QStringLiteral("%1 is a number: “%2” does not go with it.").arg(node.key.name(), token.text.toUpper()), QStringLiteral("Compare it with =, !=, <, <=, > or >=."));
        if (node.key.entity == FilterKey::Attribute && node.comparison >= Node::IsNull)
            return wrong(token, QStringLiteral("%1 is there in every run.").arg(node.key.name()), QStringLiteral("IS NULL goes with params and tags."));
        return {};
    }

    Result<void> readValue(Node &node, const FilterToken &operatorToken) {
        const FilterToken token = now();
        const QString name = node.key.name();
        if (token.kind == FilterToken::End)
            return wrong(operatorToken, QStringLiteral("After “%1” a value is missing.").arg(operatorToken.text), node.key.isNumber() ? QStringLiteral("For example %1 %2 1.").arg(name, operatorToken.text) : QStringLiteral("For example %1 %2 'value'.").arg(name, operatorToken.text));
        if (!token.closed)
            return wrong(token, QStringLiteral("The quote is not closed."), QStringLiteral("Add %1 at its end.").arg(token.quote));
        if (token.kind == FilterToken::Word)
            node.number = filterNumber(token.text);
        const bool ordered = node.comparison >= Node::Less && node.comparison <= Node::GreaterOrEqual;
        if (node.key.isNumber()) {
            if (token.kind == FilterToken::Text && node.key.entity == FilterKey::Attribute)
                node.number = timeOf(token.text);
            if (!node.number)
                return wrong(token, QStringLiteral("%1 is compared with a number, and “%2” is none.").arg(name, token.text),
                             node.key.entity == FilterKey::Attribute ? QStringLiteral("Milliseconds since 1970, or a time as '2026-11-22T14:30' (UTC); a duration in seconds.") : QStringLiteral("Numbers stand without quotes, with a dot: 0.5, 1e-3."));
        } else if (token.kind == FilterToken::Text) {
            if (ordered)
                return wrong(operatorToken, QStringLiteral("%1 holds text: “%2” does not go with it.").arg(name, operatorToken.text), QStringLiteral("Compare it with =, !=, LIKE, ILIKE or IN, or with a number without quotes."));
            node.text = token.text;
        } else if (!node.number || node.key.entity == FilterKey::Attribute || node.comparison >= Node::Like) {
            return wrong(token, QStringLiteral("%1 is compared with a text in quotes.").arg(name), QStringLiteral("Write '%1'.").arg(token.text));
        }
        ++m_at;
        return {};
    }

    Result<void> readList(Node &node) {
        const FilterToken open = now();
        if (open.kind != FilterToken::Open)
            return wrong(open.kind == FilterToken::End ? m_tokens[m_at - 1] : open, QStringLiteral("After IN a list in parentheses is missing."), QStringLiteral("For example %1 IN ('a', 'b').").arg(node.key.name()));
        ++m_at;
        while (true) {
            if (now().kind != FilterToken::Text || !now().closed)
                return wrong(now().kind == FilterToken::End ? open : now(), QStringLiteral("A list holds texts in quotes, with commas between."), QStringLiteral("For example ('a', 'b')."));
            node.list += now().text;
            ++m_at;
            if (now().kind == FilterToken::Close)
                break;
            if (now().kind != FilterToken::Comma)
                return wrong(now().kind == FilterToken::End ? open : now(), QStringLiteral("The list is not closed."), QStringLiteral("Texts with commas between, and ) at the end."));
            ++m_at;
        }
        ++m_at;
        return {};
    }

    static std::optional<double> timeOf(const QString &text) {
        QDateTime time = QDateTime::fromString(text, Qt::ISODateWithMs);
        if (!time.isValid())
            return std::nullopt;
        if (time.timeSpec() == Qt::LocalTime)
            time.setTimeSpec(Qt::UTC);
        return double(time.toMSecsSinceEpoch());
    }

    std::vector<FilterToken> m_tokens;
    std::size_t m_at = 0;
    TextSpan *m_wrong;
};

} // namespace

RunFilter::RunFilter() : m_root(std::make_shared<Node>()) {}

Result<RunFilter> RunFilter::parse(const QString &text, TextSpan *wrong) {
    RunFilter filter;
    if (text.trimmed().isEmpty())
        return filter;
    PH_ASSIGN(filter.m_root, Parser(text, wrong).all());
    return filter;
}

bool RunFilter::matches(const Run &run) const { return holds(run, *m_root); }
bool RunFilter::isEmpty() const { return m_root->kind == Node::And && m_root->children.empty(); }

} // namespace pilothouse::registry
