// SPDX-License-Identifier: GPL-3.0-or-later
// pilot registry sync [--connection NAME] [--list] [--abandon RUN] [--restart RUN]: trainings on their way to the registry of another connection.
//   (none)          sends what waits, oldest first: {"sent":[…],"waiting":[…]}; exit 3 if a server is away, 1 if it refuses
//   --list          {"waiting":[{"run","name","experiment","connection","model"|null,"state","run_there"|null,"version"|null,"points_waiting",
//                   "attempts","since","next_try"|null,"error"|null}]}, oldest first; with --all those that are done or were given up, too
//   --abandon RUN   gives up what waits of a run; what is there stays there. --restart RUN has it looked up there and sent anew
// RUN is a run's id or its beginning. Each program that starts sends what is due by itself (--due); a pause grows with each attempt that failed.
#include "app/pilot/registry_sync.h"

#include "core/base/child_process.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/fleet/mirrors.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QProcess>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using registry::Mirror;

struct SyncOptions {
    std::string connection, abandon, restart;
    bool list = false, all = false, due = false;
};

QJsonValue orNull(const QString &text) { return text.isEmpty() ? QJsonValue() : QJsonValue(text); }

struct Desk {
    std::shared_ptr<fleet::Services> services;
    fleet::Mirrors mirrors;

    QJsonObject json(const Mirror &m) const {
        const auto run = services->registry->run(m.run);
        const auto points = mirrors.store()->pointsBehind(m.run, m.sent);
        return {{Q("run"), m.run}, {Q("name"), run ? run->name : QString()}, {Q("experiment"), run ? run->experiment : QString()}, {Q("connection"), m.connection}, {Q("model"), orNull(m.model)},
                {Q("state"), registry::mirrorStateName(m.state)}, {Q("run_there"), orNull(m.runThere)}, {Q("version"), m.version > 0 ? QJsonValue(m.version) : QJsonValue()},
                {Q("points_waiting"), points ? *points : 0}, {Q("attempts"), m.attempts}, {Q("since"), isoUtc(m.since)}, {Q("next_try"), m.nextTry.isValid() ? QJsonValue(isoUtc(m.nextTry)) : QJsonValue()},
                {Q("error"), m.error.what.isEmpty() ? QJsonValue() : QJsonValue(errorToJson(m.error))}};
    }
    QString line(const Mirror &m) const {
        const auto run = services->registry->run(m.run);
        const auto points = mirrors.store()->pointsBehind(m.run, m.sent);
        QString what = m.state == registry::MirrorState::Done ? (m.version > 0 ? QStringLiteral("is there as %1 version %2").arg(m.model).arg(m.version) : QStringLiteral("is there"))
                       : m.state == registry::MirrorState::Abandoned ? QStringLiteral("given up")
                                                                     : QStringLiteral("%1 points").arg(points ? *points : 0) + (m.package.isEmpty() ? QString() : m.model.isEmpty() ? QStringLiteral(", its package") : QStringLiteral(", version of %1").arg(m.model)) + QStringLiteral(" to go");
        QString text = QStringLiteral("%1  %2  → %3  since %4  %5").arg(m.run.left(12), run ? run->name : QStringLiteral("(gone)"), m.connection, m.since.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm")), what);
        if (m.waits() && !m.error.what.isEmpty())
            text += QStringLiteral("\n    failed %1: %2").arg(m.attempts == 1 ? QStringLiteral("once") : QStringLiteral("%1 times").arg(m.attempts), m.error.text());
        if (m.waits() && m.nextTry.isValid())
            text += QStringLiteral("\n    next attempt by itself at %1").arg(m.nextTry.toLocalTime().toString(QStringLiteral("HH:mm:ss")));
        return text;
    }
};

/// The orders that a run's id, or its beginning, and the connection mean.
Result<std::vector<Mirror>> named(const Desk &desk, const QString &run, const QString &connection) {
    PH_ASSIGN(auto all, desk.mirrors.store()->all());
    std::erase_if(all, [&](const Mirror &m) { return !m.run.startsWith(run) || (!connection.isEmpty() && m.connection != connection); });
    if (all.empty())
        return notFound(QStringLiteral("No run “%1” waits.").arg(run), {}, QStringLiteral("See pilot registry sync --list --all."));
    for (const Mirror &m : all)
        if (m.run != all.front().run)
            return invalid(QStringLiteral("“%1” is the beginning of more than one run.").arg(run), {}, QStringLiteral("Give more of it: see pilot registry sync --list --all."));
    return all;
}

Result<void> list(Context &context, const Desk &desk, const SyncOptions &options) {
    PH_ASSIGN(auto some, options.all ? desk.mirrors.store()->all() : desk.mirrors.waiting());
    if (!options.connection.empty())
        std::erase_if(some, [&](const Mirror &m) { return m.connection != QString::fromStdString(options.connection); });
    QJsonArray array;
    QStringList lines;
    for (const Mirror &m : some) {
        array << desk.json(m);
        lines << desk.line(m);
    }
    context.answer({{Q("waiting"), array}}, lines.isEmpty() ? QStringLiteral("Nothing waits.") : lines.join(QLatin1Char('\n')));
    return {};
}

Result<void> change(Context &context, Desk &desk, const SyncOptions &options) {
    const bool givesUp = !options.abandon.empty();
    PH_ASSIGN(const auto some, named(desk, QString::fromStdString(givesUp ? options.abandon : options.restart), QString::fromStdString(options.connection)));
    QJsonArray array;
    QStringList lines;
    for (const Mirror &m : some) {
        if (givesUp && !m.waits())
            continue;
        PH_TRY(givesUp ? desk.mirrors.abandon(m) : desk.mirrors.restart(m));
        PH_ASSIGN(const auto now, desk.mirrors.store()->find(m.run, m.connection));
        array << desk.json(*now);
        lines << desk.line(*now);
    }
    if (array.isEmpty())
        return notFound(QStringLiteral("Nothing of that run waits."), {}, QStringLiteral("See pilot registry sync --list --all."));
    context.answer({{givesUp ? Q("abandoned") : Q("waiting"), array}}, lines.join(QLatin1Char('\n')));
    return {};
}

Result<void> send(Context &context, Desk &desk, const SyncOptions &options) {
    std::optional<FileLock> only; // of what starts by itself one is enough; a person's call takes what nobody else is sending
    if (options.due) {
        PH_TRY(makeFolder(desk.services->root + QStringLiteral("/locks"), true));
        auto lock = FileLock::tryAcquire(desk.services->root + QStringLiteral("/locks/mirror-due.lock"));
        if (!lock)
            return lock.error().kind == ErrorKind::Conflict ? Result<void>() : Result<void>(lock.error());
        only.emplace(*std::move(lock));
    }
    PH_ASSIGN(const auto some, options.due ? desk.mirrors.due() : desk.mirrors.waiting(QString::fromStdString(options.connection)));
    QJsonArray sent, waiting;
    QStringList lines;
    std::vector<Mirror> left;
    QSet<QString> away; // one that does not answer is not asked again for each run
    for (const Mirror &m : some) {
        if (context.stop().stop_requested())
            return cancelled();
        if (away.contains(m.connection)) {
            left.push_back(m);
            waiting << desk.json(m);
            continue;
        }
        const auto after = desk.mirrors.sync(m, context.stop());
        if (!after) {
            context.note(after.error().text());
            waiting << desk.json(m);
            continue;
        }
        if (after->waits()) {
            left.push_back(*after);
            waiting << desk.json(*after);
            if (after->error.kind == ErrorKind::Unreachable || after->error.kind == ErrorKind::TimedOut)
                away.insert(after->connection);
        } else {
            sent << desk.json(*after);
            lines << desk.line(*after);
        }
    }
    for (Mirror &m : left)
        if (away.contains(m.connection) && m.error.what.isEmpty())
            m.error = Error{ErrorKind::Unreachable, QStringLiteral("It is not reached."), {}, {}, {}};
    lines << fleet::waitingTexts(left);
    for (const Mirror &m : left)
        context.exitCodeWanted = std::max(context.exitCodeWanted, exitCode(m.error.kind));
    context.answer({{Q("sent"), sent}, {Q("waiting"), waiting}}, lines.isEmpty() ? QStringLiteral("Nothing waits.") : lines.join(QLatin1Char('\n')));
    return {};
}

Result<void> sync(Context &context, const SyncOptions &options) {
    if (options.list + options.due + !options.abandon.empty() + !options.restart.empty() > 1)
        return invalid(QStringLiteral("Give only one of --list, --abandon and --restart."));
    context.sendsWaiting = false; // that is done here
    PH_ASSIGN(auto services, context.services());
    Desk desk{services, fleet::Mirrors(services)};
    if (!options.connection.empty())
        PH_TRY(services->registries->of(QString::fromStdString(options.connection)));
    if (options.list)
        return list(context, desk, options);
    if (!options.abandon.empty() || !options.restart.empty())
        return change(context, desk, options);
    return send(context, desk, options);
}

} // namespace

void addRegistrySync(CLI::App &app, VerbBody &body) {
    static SyncOptions o;
    auto *sub = app.add_subcommand("sync", "Send trainings that wait for the registry of another connection");
    sub->fallthrough();
    sub->add_option("--connection", o.connection, "Only what goes to this connection");
    sub->add_flag("--list", o.list, "Show what waits, and why; send nothing");
    sub->add_flag("--all", o.all, "With --list: also what is there already, or was given up");
    sub->add_option("--abandon", o.abandon, "Give up a run: nothing more of it is sent, what is there stays");
    sub->add_option("--restart", o.restart, "Have a run looked up there and sent anew: one that was given up, or deleted there");
    sub->add_flag("--due", o.due, "Only what is due, and only if nobody else is at it")->group("");
    sub->callback([&body] { body = [](Context &context) { return sync(context, o); }; });
}

void startDueSync(const std::shared_ptr<fleet::Services> &services) {
    if (!operations::checkRole(services->operations->actor(), workspace::Role::Operator, {}))
        return;
    const auto due = fleet::Mirrors(services).due();
    if (!due || due->empty()) // what is wrong with the database, its next reader says
        return;
    QProcess child;
    child.setProgram(pilotProgram());
    child.setArguments({QStringLiteral("registry"), QStringLiteral("sync"), QStringLiteral("--due"), QStringLiteral("--workspace"), QFileInfo(services->workspace.file).absoluteFilePath()});
    child.setStandardInputFile(QProcess::nullDevice());
    child.setStandardOutputFile(QProcess::nullDevice());
    child.setStandardErrorFile(QProcess::nullDevice());
    child.startDetached();
}

} // namespace pilothouse
