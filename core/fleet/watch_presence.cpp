// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/watch_presence.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/telemetry/alert_store.h"
#include "core/workspace/alert_rule.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(WatchPresence)
};

constexpr qint64 restartS = 2 * 60;  ///< systemd starts a service again after 30 s
constexpr qint64 stuckS = 15 * 60;   ///< rules are due after 5 minutes at most
constexpr qint64 timerS = 2 * 3600;  ///< two of the longest timer

QString watchFile(const QString &root) { return root + QStringLiteral("/watch.json"); }

} // namespace

bool WatchPresence::missed(const QDateTime &now) const {
    if (!looked.isValid())
        return !runs;
    return looked.secsTo(now) > (runs ? stuckS : once ? timerS : restartS);
}

QString WatchPresence::sentence(const QDateTime &now) const {
    const QString start = Text::tr("“pilot watch --install” writes a service that does it, “pilot watch” does it in a terminal.");
    if (!looked.isValid())
        return Text::tr("No rule has been evaluated yet, so none can fire: pilot watch does not run. %1").arg(start);
    const qint64 minutes = looked.secsTo(now) / 60;
    const QString ago = minutes < 120 ? Text::tr("%n minutes", nullptr, int(minutes)) : Text::tr("%n hours", nullptr, int(minutes / 60));
    return runs ? Text::tr("pilot watch runs, but has evaluated none for %1. Its output says why; start it again.").arg(ago) : Text::tr("The last was evaluated %1 ago, and pilot watch does not run. %2").arg(ago, start);
}

QString watchLockFile(const QString &root) { return root + QStringLiteral("/watch.lock"); }

Result<void> tellWatch(const QString &root, bool once) {
    return writeFileAtomically(watchFile(root), compactJson(QJsonObject{{Q("once"), once}}));
}

Result<std::optional<WatchPresence>> watchPresence(const Services &services) {
    PH_ASSIGN(const auto rules, workspace::readAlertRules(services.workspace.file));
    if (rules.empty())
        return std::optional<WatchPresence>();
    WatchPresence out;
    out.runs = FileLock::held(watchLockFile(services.root));
    if (QFileInfo::exists(watchFile(services.root))) {
        PH_ASSIGN(const QByteArray bytes, readFile(watchFile(services.root)));
        PH_ASSIGN(const QJsonObject told, parseJsonObject(bytes, watchFile(services.root)));
        out.once = told.value(Q("once")).toBool();
    }
    if (QFileInfo::exists(services.root + QStringLiteral("/alerts.db"))) {
        PH_ASSIGN(const auto store, telemetry::AlertStore::open(services.root));
        PH_ASSIGN(const auto statuses, store->statuses());
        for (const telemetry::AlertStatus &status : statuses)
            if (status.looked.isValid() && (!out.looked.isValid() || status.looked > out.looked))
                out.looked = status.looked;
    }
    return std::optional(out);
}

InboxItem watchMissedItem(const WatchPresence &presence, const QDateTime &now) {
    InboxItem item;
    item.id = QStringLiteral("watch");
    item.group = presence.looked.isValid() ? InboxGroup::Broken : InboxGroup::Soon;
    item.state = Health::Warn;
    item.title = Text::tr("Nobody evaluates the alert rules");
    item.sentence = presence.sentence(now);
    item.since = presence.looked;
    return item;
}

} // namespace pilothouse::fleet
