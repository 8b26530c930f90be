// SPDX-License-Identifier: GPL-3.0-or-later
// pilot rollouts events [--connection C] [-n NS | -A] [--for KIND/NAME] [--warnings]    {"events":[event]}, the newest last; event: core/cluster/kube_rows.h, toJson()
// … --watch [--json]    a line each: {"type":"inserted"|"changed","event":{…}}, {"type":"status","phase","error"?}
#include "app/pilot/cluster_view.h"
#include "app/pilot/rollouts_sub.h"

#include "core/base/harmless_text.h"

#include <QJsonArray>

#include <cstdio>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using cluster::EventRow;
using cluster::KubeRowPtr;

struct Options : ClusterViewOptions {
    std::string about;
    bool warnings = false;
};

/// Which events are wanted.
struct Wanted {
    std::optional<cluster::KubeRef> about;
    bool warnings = false;
    bool operator()(const EventRow &event) const {
        return (!warnings || event.type == Q("Warning")) && (!about || (event.involvedName == about->name && event.involvedKind == about->kind.kind));
    }
};

QStringList line(const KubeRowPtr &row, bool withSpace) {
    const auto *event = row->as<EventRow>();
    const qint64 now = QDateTime::currentSecsSinceEpoch();
    QStringList words{ageText(now - event->last) + (event->count > 1 ? QStringLiteral(" (x%1 over %2)").arg(event->count).arg(ageText(now - event->first)) : QString()), event->type, event->reason,
                      event->involvedKind.toLower() + QLatin1Char('/') + event->involvedName, event->message.simplified()};
    if (withSpace)
        words.prepend(row->space);
    return words;
}

QStringList head(bool withSpace) {
    QStringList words{QStringLiteral("LAST SEEN"), QStringLiteral("TYPE"), QStringLiteral("REASON"), QStringLiteral("OBJECT"), QStringLiteral("MESSAGE")};
    if (withSpace)
        words.prepend(QStringLiteral("NAMESPACE"));
    return words;
}

void sortByTime(std::vector<KubeRowPtr> &rows) {
    std::sort(rows.begin(), rows.end(), [](const KubeRowPtr &a, const KubeRowPtr &b) { return std::pair(a->as<EventRow>()->last, a->id) < std::pair(b->as<EventRow>()->last, b->id); });
}

Result<void> once(Context &context, const ClusterView &view, const Options &o, const Wanted &wanted) {
    PH_ASSIGN(auto rows, readRows(context, view, cluster::kinds::Event, QString::fromStdString(o.selector)));
    std::erase_if(rows, [&](const KubeRowPtr &row) { return !wanted(*row->as<EventRow>()); });
    sortByTime(rows);
    QJsonArray all;
    std::vector<QStringList> lines{head(o.all)};
    for (const KubeRowPtr &row : rows) {
        all.append(cluster::toJson(*row));
        lines.push_back(line(row, o.all));
    }
    context.answer({{Q("events"), all}}, rows.empty() ? QStringLiteral("There are no such events; a cluster forgets them after an hour.") : columns(lines));
    return {};
}

Result<void> follow(Context &context, const ClusterView &view, const Options &o, const Wanted &wanted) {
    bool first = true;
    const auto told = [&](const cluster::KubeChanges &changes) {
        std::vector<KubeRowPtr> rows;
        QHash<QString, const char *> types;
        for (const auto &[list, type] : {std::pair(&changes.inserted, "inserted"), std::pair(&changes.changed, "changed")})
            for (const KubeRowPtr &row : *list)
                if (wanted(*row->as<EventRow>())) {
                    rows.push_back(row);
                    types.insert(row->id, type);
                }
        sortByTime(rows);
        std::vector<QStringList> lines;
        if (std::exchange(first, false))
            lines.push_back(head(o.all));
        for (const KubeRowPtr &row : rows) {
            if (context.json)
                printLine({{Q("type"), Q(types.value(row->id))}, {Q("event"), cluster::toJson(*row)}});
            else
                lines.push_back(line(row, o.all));
        }
        if (!context.json && !lines.empty())
            std::printf("%s\n", qUtf8Printable(harmlessLines(columns(lines))));
        std::fflush(stdout);
    };
    const auto said = [&](const cluster::KubeWatchStatus &status) {
        if (context.json) {
            QJsonObject object{{Q("type"), Q("status")}, {Q("phase"), cluster::watchPhaseName(status.phase)}};
            if (status.error)
                object.insert(Q("error"), status.error->text());
            printLine(object);
        } else if (status.error) {
            context.note(QStringLiteral("%1: %2").arg(cluster::watchPhaseName(status.phase), status.error->text()));
        }
    };
    return followRows(context, view, cluster::kinds::Event, QString::fromStdString(o.selector), told, said);
}

const RolloutsSub sub("events", "The events of a cluster, the newest last", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    addClusterViewOptions(app, *o);
    app.add_option("--for", o->about, "Only of this object: pod/NAME, deployment/NAME …");
    app.add_flag("--warnings", o->warnings, "Only warnings");
    app.callback([&body, o] {
        body = [o](Context &context) -> Result<void> {
            PH_ASSIGN(const ClusterView view, clusterView(context, *o));
            Wanted wanted{std::nullopt, o->warnings};
            if (!o->about.empty()) {
                PH_ASSIGN(wanted.about, cluster::parseKubeRef(QString::fromStdString(o->about), view.space));
            }
            return o->watch ? follow(context, view, *o, wanted) : once(context, view, *o, wanted);
        };
    });
});

} // namespace
} // namespace pilothouse
