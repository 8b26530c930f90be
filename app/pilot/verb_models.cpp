// SPDX-License-Identifier: GPL-3.0-or-later
// pilot models [WORKSPACE…] [--json]: the models of one workspace or of several in one list, each with what is live, how good it is, how old, what drifted, what is skewed, what fires.
//   WORKSPACE is a file, or a folder with a pilothouse.yaml; without one it is the workspace that every verb takes. One that cannot be read is a row with its error, the others stand; the exit code is that of
//   the first such error.
//   --json {"workspaces":[{"workspace","file","error"|null,"read"|null,"models":[… as fleet::ListedModel::toJson()],"alerts":[…],"problems":[…]}]}
#include "app/pilot/cluster_view.h"
#include "app/pilot/verb.h"

#include "core/fleet/model_list.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using fleet::ListedModel;
using fleet::ListedWorkspace;

const QString absent = QStringLiteral("–");

QString number(double value) { return QString::number(value, 'g', 4); }

QString metricText(const fleet::Headline &h) {
    if (!h.value)
        return h.metric.isEmpty() ? absent : h.metric + QLatin1Char(' ') + absent;
    QString text = h.metric + QLatin1Char(' ') + number(*h.value);
    if (h.max)
        text += (h.over() ? QStringLiteral(" > ") : QStringLiteral(" ≤ ")) + number(*h.max);
    if (h.min)
        text += (h.over() ? QStringLiteral(" < ") : QStringLiteral(" ≥ ")) + number(*h.min);
    return h.unit.isEmpty() ? text : text + QLatin1Char(' ') + h.unit;
}

QString sourceText(const fleet::Headline &h, const QDateTime &now) {
    if (!h.value)
        return h.note.isEmpty() ? absent : h.note;
    QStringList parts{h.source, h.rows > 0 ? QStringLiteral("%1 rows").arg(h.rows) : QStringLiteral("rows not told")};
    if (h.time.isValid())
        parts << ageText(h.time.secsTo(now));
    return parts.join(QStringLiteral(", "));
}

QString yesterdayText(const ListedModel &m) {
    if (!m.yesterday || m.yesterday->predictions == 0)
        return absent;
    const fleet::DayAccuracy &day = *m.yesterday;
    return day.known() ? QStringLiteral("%1 %2, %3 rows").arg(day.metric, number(day.reading.value)).arg(day.labelled) : QStringLiteral("%1 of %2 labelled").arg(day.labelled).arg(day.predictions);
}

QString driftText(const ListedModel &m) {
    return m.row.worstPsi && m.drift != Q("too few rows") ? QStringLiteral("%1 (%2 %3)").arg(m.drift, m.row.worstColumn, QString::number(*m.row.worstPsi, 'f', 2)) : m.drift;
}

QStringList lineOf(const ListedWorkspace &w, const ListedModel &m) {
    const fleet::ModelRow &row = m.row;
    QString endpoint = m.endpoint.isEmpty() ? absent : m.endpoint;
    if (row.servedVersion)
        endpoint += QStringLiteral(" v%1").arg(*row.servedVersion);
    return {w.name, row.name, row.liveVersion ? QStringLiteral("v%1").arg(*row.liveVersion) : absent, metricText(m.headline), sourceText(m.headline, w.read), yesterdayText(m),
            row.newestModel ? ageText(row.newestModel->secsTo(w.read)) + (row.stale ? QStringLiteral(" > ") + row.stalenessLimit : QString()) : absent, driftText(m),
            row.served.skewed() ? row.served.what : fleet::skewStateName(row.served.state), endpoint, m.alerts.empty() ? absent : QString::number(m.alerts.size())};
}

/// What is open, below the table, in full.
void addOpen(const QString &of, const std::vector<fleet::InboxItem> &alerts, QStringList &lines) {
    for (const fleet::InboxItem &alert : alerts)
        lines << QStringLiteral("%1: %2. %3").arg(of, alert.title, alert.sentence);
}

/// The files that are wanted, absolute. The workspace that every verb takes is the first if it was named, and the only one if no other was.
Result<QStringList> filesOf(const Context &context, const std::vector<std::string> &wanted) {
    QStringList files;
    if (wanted.empty() || !context.workspaceOption.isEmpty()) {
        PH_ASSIGN(const QString file, workspace::findWorkspace(context.workspaceOption, QDir::currentPath()));
        files << file;
    }
    for (const std::string &one : wanted) {
        const QFileInfo info(QString::fromStdString(one));
        files << (info.isDir() ? QDir(info.absoluteFilePath()).filePath(QStringLiteral("pilothouse.yaml")) : info.absoluteFilePath());
    }
    return files;
}

Result<void> models(Context &context, const std::vector<std::string> &wanted) {
    PH_ASSIGN(const QStringList files, filesOf(context, wanted));
    const std::vector<ListedWorkspace> all = fleet::listWorkspaces(files, {}, 20000, context.stop());
    if (context.stop().stop_requested())
        return cancelled();
    QJsonArray list;
    QStringList unread, open;
    std::vector<QStringList> lines{{Q("workspace"), Q("model"), Q("champion"), Q("metric"), Q("from"), Q("yesterday"), Q("newest"), Q("drift"), Q("skew"), Q("endpoint"), Q("alerts")}};
    for (const ListedWorkspace &w : all) {
        list.append(w.toJson());
        for (const QString &line : w.notes)
            context.note(QStringLiteral("%1: %2").arg(w.name, line));
        for (const Error &problem : w.problems)
            context.note(QStringLiteral("%1: %2").arg(w.name, problem.text()));
        if (w.error) {
            unread << QStringLiteral("%1 cannot be read: %2").arg(w.name.isEmpty() ? w.file : w.name, w.error->text());
            if (context.exitCodeWanted == 0)
                context.exitCodeWanted = exitCode(w.error->kind);
            continue;
        }
        if (w.models.empty())
            lines.push_back({w.name, absent});
        for (const ListedModel &m : w.models) {
            lines.push_back(lineOf(w, m));
            addOpen(QStringLiteral("%1 %2").arg(w.name, m.row.name), m.alerts, open);
        }
        addOpen(w.name, w.alerts, open);
    }
    QString text = lines.size() > 1 ? columns(lines) : QString();
    for (const QStringList &part : {unread, open})
        if (!part.isEmpty())
            text += (text.isEmpty() ? QString() : QStringLiteral("\n\n")) + part.join(QLatin1Char('\n'));
    context.answer({{Q("workspaces"), list}}, text);
    return {};
}

const Verb verb("models", "The models of one workspace or several in one list: live version, figure, age, drift, skew, alerts", [](CLI::App &app, VerbBody &body) {
    static std::vector<std::string> wanted;
    app.add_option("WORKSPACE", wanted, "Workspace files, or folders with a pilothouse.yaml; without one the workspace that every verb takes");
    app.callback([&body] { body = [](Context &context) { return models(context, wanted); }; });
});

} // namespace

} // namespace pilothouse
