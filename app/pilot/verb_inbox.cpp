// SPDX-License-Identifier: GPL-3.0-or-later
// pilot inbox [--json]: what needs a person now.
//   --json {"items":[{"group","state","id","model","title","sentence","since","action","argument"}],"problems":[…]}
#include "app/pilot/verb.h"

#include "core/fleet/services.h"
#include "core/fleet/managed_alerts.h"
#include "core/fleet/skew_watch.h"
#include "core/fleet/snapshot.h"

#include <QJsonArray>

namespace pilothouse {

namespace {

using Q = QLatin1String;

QString groupName(fleet::InboxGroup group) {
    switch (group) {
    case fleet::InboxGroup::Decision: return QStringLiteral("waiting for a decision");
    case fleet::InboxGroup::Broken: return QStringLiteral("broken or late");
    case fleet::InboxGroup::Soon: return QStringLiteral("soon");
    case fleet::InboxGroup::Handled: break;
    }
    return QStringLiteral("handled today");
}

QString healthName(fleet::Health health) {
    static const char *const names[] = {"ok", "warn", "bad", "paused", "running", "unknown"};
    return Q(names[int(health)]);
}

Result<void> inbox(Context &context) {
    PH_ASSIGN(const auto services, context.services());
    services->skew->refresh(*services, context.stop());
    services->managed->refresh(*services, context.stop());
    const fleet::Snapshot snapshot = fleet::readSnapshot(*services, 20000);
    QJsonArray items, problems;
    QString text;
    QString group;
    for (const fleet::InboxItem &item : snapshot.inbox) {
        items.append(QJsonObject{{Q("group"), groupName(item.group)}, {Q("state"), healthName(item.state)}, {Q("id"), item.id},
                                 {Q("model"), item.model}, {Q("title"), item.title}, {Q("sentence"), item.sentence},
                                 {Q("since"), isoUtc(item.since)}, {Q("action"), item.action}, {Q("argument"), item.argument}});
        if (groupName(item.group) != group) {
            group = groupName(item.group);
            text += (text.isEmpty() ? QString() : QStringLiteral("\n")) + group + QLatin1Char('\n');
        }
        text += QStringLiteral("  %1  %2\n      %3\n").arg(item.id, item.title, item.sentence);
    }
    for (const Error &problem : snapshot.problems) {
        problems.append(errorToJson(problem));
        context.note(problem.text());
    }
    if (items.isEmpty())
        text = QStringLiteral("Nothing needs you.");
    context.answer({{Q("items"), items}, {Q("problems"), problems}}, text.trimmed());
    return {};
}

const Verb verb("inbox", "What needs a person now", [](CLI::App &app, VerbBody &body) { app.callback([&body] { body = inbox; }); });

} // namespace
} // namespace pilothouse
