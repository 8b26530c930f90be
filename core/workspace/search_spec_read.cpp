// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/search_spec_read.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::workspace {

namespace {

constexpr double mostWhole = 9007199254740992; ///< 2⁵³: beyond, a double skips whole numbers

QString u(const char *text) { return QString::fromUtf8(text); }

SearchRange readRange(const YamlNode &node, const QString &estimator, const QString &parameter, Problems &problems) {
    SearchRange range{estimator, parameter, {}, 0, 0, false, false};
    if (node.kind == YamlNode::Kind::List) {
        for (const YamlPointer &item : node.items)
            if (const auto value = item->kind == YamlNode::Kind::Scalar ? parameterValue(*item) : std::nullopt)
                range.choices << *value;
            else
                problems.add(item->position, u("A choice of “%1” must be a number, a text, true or false.").arg(parameter));
        if (range.choices.isEmpty())
            problems.add(node.position, u("“%1” offers no choice.").arg(parameter), u("For example [3, 5, 10]."));
        return range;
    }
    if (node.kind != YamlNode::Kind::Map) {
        problems.add(node.position, u("The range of “%1” must be a list of choices or {from: …, to: …}.").arg(parameter), u("A fixed value stands in “estimators”."));
        return range;
    }
    Section section(&node, problems, parameter);
    double ends[2] = {0, 0};
    range.whole = true;
    bool told = false; // a problem of an end: the rest of the map is read, or its keys were unknown
    for (const int i : {0, 1}) {
        const QString key = i ? u("to") : u("from");
        const YamlNode *end = section.node(key);
        const auto value = end && end->kind == YamlNode::Kind::Scalar ? parameterValue(*end) : std::nullopt;
        if (!value || (value->typeId() != QMetaType::LongLong && value->typeId() != QMetaType::Double)) {
            problems.add(section.positionOf(key), u("“%1” of “%2” must be a number.").arg(key, parameter), u("For example {from: 0.01, to: 0.3, scale: log}."));
            told = true;
            continue;
        }
        range.whole = range.whole && value->typeId() == QMetaType::LongLong;
        ends[i] = value->toDouble();
        if (value->typeId() == QMetaType::LongLong && std::abs(ends[i]) > mostWhole) {
            problems.add(section.positionOf(key), u("“%1” of “%2” is beyond ±2⁵³.").arg(key, parameter));
            told = true;
        }
    }
    range.from = ends[0];
    range.to = ends[1];
    range.log = section.word(u("scale"), {u("linear"), u("log")}, u("linear")) == QLatin1String("log");
    section.finish();
    if (told)
        return range;
    if (!(range.from < range.to))
        problems.add(section.positionOf(u("to")), u("“from” must be less than “to”."));
    if (range.log && !(range.from > 0))
        problems.add(section.positionOf(u("from")), u("A logarithmic range begins above 0."));
    return range;
}

} // namespace

SearchSpec readSearch(Section section, const std::vector<EstimatorSpec> &estimators) {
    SearchSpec search;
    search.method = section.word(u("method"), {u("random"), u("halving")}, u("random")) == QLatin1String("halving") ? SearchSpec::Method::Halving : SearchSpec::Method::Random;
    search.trials = int(section.integer(u("trials"), search.trials, 1, 100'000));
    search.minutes = section.number(u("minutes"), 0, 0, 1e6);
    search.parallel = int(section.integer(u("parallel"), 0, 1, 1024));
    search.seed = section.seed(u("seed"), search.seed);
    if (section.has(u("factor")) && search.method != SearchSpec::Method::Halving)
        section.problems().add(section.positionOf(u("factor")), u("“factor” belongs to method: halving."));
    search.factor = int(section.integer(u("factor"), search.factor, 2, 100));
    QStringList names;
    for (const EstimatorSpec &estimator : estimators)
        names << estimator.name;
    Section space = section.section(u("space"));
    if (const YamlNode *map = space.map()) {
        for (const auto &[name, parameters] : map->entries) {
            (void)space.node(name->text);
            if (!names.contains(name->text)) {
                addUnknown(section.problems(), name->position, u("estimator of this recipe"), name->text, names);
                continue;
            }
            Section ranges(parameters.get(), section.problems(), name->text, name->position);
            if (const YamlNode *all = ranges.map())
                for (const auto &[parameter, range] : all->entries) {
                    (void)ranges.node(parameter->text);
                    search.space.push_back(readRange(*range, name->text, parameter->text, section.problems()));
                }
            ranges.finish();
        }
    }
    space.finish();
    if (search.space.empty())
        section.problems().addMissing(section.positionOf(u("space")), u("“search” names nothing to try."), u("For example “space: {random_forest: {max_depth: [5, 10, 20]}}”."));
    for (const QString &name : names)
        if (names.count(name) > 1 && std::any_of(search.space.begin(), search.space.end(), [&](const SearchRange &range) { return range.estimator == name; }))
            section.problems().add(section.positionOf(u("space")), u("“%1” stands twice in “estimators”: a search could mean either.").arg(name));
    section.finish();
    return search;
}

} // namespace pilothouse::workspace
