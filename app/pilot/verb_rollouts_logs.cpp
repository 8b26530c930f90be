// SPDX-License-Identifier: GPL-3.0-or-later
// pilot rollouts logs TARGET [-f] [--previous] [--grep REGEX] [--not] [--since 10m] [--tail N] [--container C] [--all-containers] [--fields a,b] [--save FILE]
//   TARGET: deployment/NAME, pod/NAME, service/NAME, job/NAME … of --connection C --namespace N, or a model that a cluster serves.
//   Lines of all pods in order of time: "POD/CONTAINER text"; notes (a cut, a pod that joins, what was dropped) on standard error.
//   --json: {"lines":[{"time","pod","container","level","text","fields"}],"dropped"}; with -f one such line an object and line, as they come.
//   --fields: of lines that are JSON these fields, in columns. --save: into a file, with times, instead of the terminal.
#include "app/pilot/rollouts_sub.h"

#include "core/base/file.h"
#include "core/base/harmless_text.h"
#include "core/base/json.h"
#include "core/cluster/pod_logs.h"
#include "core/fleet/clusters.h"
#include "core/fleet/named_workload.h"
#include "core/fleet/services.h"

#include <QFile>
#include <QRegularExpression>

#include <cstdio>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string target, space, connection, container, grep, since, fields, save;
    int tail = -1;
    bool follow = false, previous = false, without = false, all = false;
};

/// "90s", "10m", "2h", "1d", as kubectl's --since.
Result<qint64> secondsOf(const QString &text) {
    static const QRegularExpression form(QStringLiteral("^([0-9]+)(s|m|h|d)$"));
    const auto m = form.match(text);
    if (!m.hasMatch() || m.captured(1).toLongLong() == 0)
        return invalid(QStringLiteral("“%1” is no length of time.").arg(text), {}, QStringLiteral("Write 90s, 10m, 2h or 1d."));
    const QString unit = m.captured(2);
    return m.captured(1).toLongLong() * (unit == Q("s") ? 1 : unit == Q("m") ? 60 : unit == Q("h") ? 3600 : 86400);
}

Result<cluster::LogQuery> queryOf(const fleet::Services &services, const Options &o, QString &connection) {
    cluster::LogQuery query;
    PH_ASSIGN(fleet::NamedWorkload named, fleet::namedWorkload(services, QString::fromStdString(o.target), QString::fromStdString(o.connection), QString::fromStdString(o.space), QStringLiteral("The log of a local endpoint is serve.log in its folder.")));
    connection = named.connection;
    query.what = std::move(named.ref);
    query.container = QString::fromStdString(o.container);
    query.allContainers = o.all;
    query.follow = o.follow;
    query.previous = o.previous;
    query.tail = o.tail;
    query.pattern = QString::fromStdString(o.grep);
    query.without = o.without;
    if (!o.since.empty()) {
        PH_ASSIGN(query.sinceSeconds, secondsOf(QString::fromStdString(o.since)));
    }
    return query;
}

QJsonObject lineJson(const cluster::LogLine &line, const cluster::LogSource &source) {
    QJsonObject out{{Q("time"), cluster::timestampText(line.nanos)}, {Q("pod"), source.pod}, {Q("container"), source.container}, {Q("level"), cluster::logLevelName(line.level)}, {Q("text"), QString::fromUtf8(line.text)}};
    if (const auto fields = cluster::logFields(line.text))
        out.insert(Q("fields"), *fields);
    return out;
}

/// The wanted fields of a JSON line, with tabs between; another line as it is.
QString fieldsText(const cluster::LogLine &line, const QStringList &fields) {
    const auto object = fields.isEmpty() ? std::nullopt : cluster::logFields(line.text);
    if (!object)
        return QString::fromUtf8(line.text);
    QStringList out;
    for (const QString &field : fields) {
        const QJsonValue value = object->value(field);
        out << (value.isString() ? value.toString() : value.isUndefined() ? QString() : QString::fromUtf8(compactJson(value)));
    }
    return out.join(QLatin1Char('\t'));
}

Result<void> logs(Context &context, const Options &o) {
    PH_ASSIGN(const auto services, context.services());
    QString connection;
    PH_ASSIGN(const cluster::LogQuery query, queryOf(*services, o, connection));
    PH_ASSIGN(const auto api, services->clusters->of(connection));
    QFile file(QString::fromStdString(o.save));
    if (!o.save.empty() && !file.open(QIODevice::WriteOnly | QIODevice::Truncate))
        return Error{ErrorKind::Denied, QStringLiteral("The file cannot be written: %1.").arg(file.errorString()), file.fileName(), {}, {}};
    QStringList fields = QString::fromStdString(o.fields).split(QLatin1Char(','), Qt::SkipEmptyParts);
    QJsonArray lines;
    qint64 dropped = 0, count = 0;
    bool wrong = false;
    const auto sink = [&](cluster::LogBatch &&batch) {
        for (const QString &note : batch.notes)
            context.note(note);
        if (batch.dropped > dropped)
            context.note(QStringLiteral("%1 lines came quicker than they could be shown and were left out.").arg(batch.dropped - dropped));
        dropped = batch.dropped;
        QByteArray out;
        for (const cluster::LogLine &line : batch.lines) {
            const cluster::LogSource &source = batch.sources[std::size_t(line.source)];
            ++count;
            if (context.json && !o.follow && o.save.empty())
                lines.append(lineJson(line, source));
            else if (context.json && o.save.empty())
                out += compactJson(lineJson(line, source)) + '\n';
            else if (!o.save.empty())
                out += cluster::timestampText(line.nanos).toUtf8() + ' ' + source.text().toUtf8() + ' ' + line.text + '\n';
            else
                out += (batch.sources.size() > 1 ? source.text() + QLatin1Char(' ') : QString()).toUtf8() + harmlessText(fieldsText(line, fields)).toUtf8() + '\n';
        }
        if (!o.save.empty())
            wrong = wrong || file.write(out) != out.size() || !file.flush();
        else
            wrong = std::fwrite(out.constData(), 1, std::size_t(out.size()), stdout) != std::size_t(out.size()) || std::fflush(stdout) != 0;
        return !wrong;
    };
    PH_TRY(cluster::readPodLogs(*api, query, sink, context.stop()));
    if (wrong && !o.save.empty())
        return Error{ErrorKind::Denied, QStringLiteral("The file could not be written: %1.").arg(file.errorString()), file.fileName(), QStringLiteral("What is there is the begin of the log."), {}};
    if (!o.save.empty())
        context.answer({{Q("file"), file.fileName()}, {Q("lines"), count}, {Q("dropped"), dropped}}, QStringLiteral("%1 lines in %2").arg(count).arg(file.fileName()));
    else if (context.json && !o.follow)
        context.answer({{Q("lines"), lines}, {Q("dropped"), dropped}}, {});
    return {};
}

const RolloutsSub sub("logs", "Logs of all pods of a workload, merged by time", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    app.add_option("target", o->target, "deployment/NAME, pod/NAME, service/NAME, job/NAME …, or a model")->required();
    app.add_flag("-f,--follow", o->follow, "Go on as lines come; new pods join, a cut is resumed");
    app.add_flag("-p,--previous", o->previous, "Of the container before its last restart");
    app.add_option("--grep", o->grep, "Only lines that this regular expression matches");
    app.add_flag("--not", o->without, "Only those that it does not match");
    app.add_option("--since", o->since, "Not older than this: 90s, 10m, 2h, 1d");
    app.add_option("--tail", o->tail, "Last lines of each container")->check(CLI::Range(0, 10'000'000));
    app.add_option("--container,-c", o->container, "Container (else the pod's default one)");
    app.add_flag("--all-containers", o->all, "All containers, also those that initialise");
    app.add_option("--fields", o->fields, "Of JSON lines these fields, separated by commas");
    app.add_option("--save", o->save, "Write to this file instead");
    app.add_option("--namespace,-n", o->space, "Namespace");
    app.add_option("--connection", o->connection, "Connection to the cluster, if there are several");
    app.callback([&body, o] { body = [o](Context &context) { return logs(context, *o); }; });
});

} // namespace
} // namespace pilothouse
