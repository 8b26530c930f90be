// SPDX-License-Identifier: GPL-3.0-or-later
// pilot doctor [--json]: checks a workspace and what it needs, and tells what to do. Exit 1 if something is wrong.
//   --json {"checks":[{"name","state":"ok"|"warn"|"bad","finding","hint"}],"ok"}
#include "app/pilot/verb.h"

#include "core/retrain/decision_store.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/fleet/interrupted.h"
#include "core/fleet/services.h"
#include "core/fleet/watch_presence.h"
#include "core/learn/torch_loader.h"
#include "core/sources/fetch.h"
#include "core/workspace/recipe.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>

#include <filesystem>
#include <system_error>

namespace pilothouse {

namespace {

using Q = QLatin1String;

/// Collects findings; every check says what it looked at, also when it is fine.
class Report {
public:
    void ok(const QString &name, const QString &finding) { add(name, QStringLiteral("ok"), finding, {}); }
    void warn(const QString &name, const QString &finding, const QString &hint) { add(name, QStringLiteral("warn"), finding, hint); }
    void bad(const QString &name, const Error &error) {
        m_bad = true;
        add(name, QStringLiteral("bad"), error.where.isEmpty() ? error.what : error.where + QStringLiteral(": ") + error.what, error.hint);
    }
    bool anyBad() const { return m_bad; }
    QJsonObject json() const { return {{Q("checks"), m_checks}, {Q("ok"), !m_bad}}; }
    QString text() const { return m_text.trimmed(); }

private:
    void add(const QString &name, const QString &state, const QString &finding, const QString &hint) {
        m_checks.append(QJsonObject{{Q("name"), name}, {Q("state"), state}, {Q("finding"), finding}, {Q("hint"), hint}});
        m_text += QStringLiteral("%1  %2: %3\n").arg(state, -4).arg(name, finding);
        if (!hint.isEmpty())
            m_text += QStringLiteral("      → %1\n").arg(hint);
    }
    QJsonArray m_checks;
    QString m_text;
    bool m_bad = false;
};

void checkModel(const workspace::Workspace &workspace, const workspace::Model &model, Report &report) {
    const QString name = QStringLiteral("model ") + model.name;
    if (model.recipe.isEmpty()) {
        report.warn(name, QStringLiteral("It has no recipe, so it cannot be trained here."), QStringLiteral("Add `recipe: recipes/%1.yaml`; `pilot profile FILE --recipe OUT` proposes one.").arg(model.name));
        return;
    }
    const auto recipe = workspace::readRecipe(model.recipe);
    if (!recipe) {
        report.bad(name, recipe.error());
        return;
    }
    if (sources::sourceKind(recipe->data.source) == sources::SourceKind::File && !QFileInfo::exists(recipe->data.source)) {
        report.bad(name, notFound(QStringLiteral("The data file of its recipe does not exist."), recipe->data.source, QStringLiteral("Put it there, or change `data: {source: …}` in %1.").arg(model.recipe)));
        return;
    }
    if (!model.registry.connection.isEmpty() && !workspace.connections.contains(model.registry.connection)) {
        report.bad(name, invalid(QStringLiteral("Its registry names the connection “%1”, which is not declared.").arg(model.registry.connection), workspace.file));
        return;
    }
    report.ok(name, QStringLiteral("recipe and data are there (%1, %2).").arg(workspace::taskName(recipe->task), QFileInfo(recipe->data.source).fileName()));
}

void checkServices(const fleet::Services &services, Report &report) {
    std::error_code problem; // QStorageInfo finds no mount in a chroot
    const double free = double(std::filesystem::space(services.root.toStdString(), problem).available) / 1e9;
    if (problem)
        report.warn(QStringLiteral("disk"), QStringLiteral("The room at %1 is not known: %2.").arg(services.root, QString::fromStdString(problem.message())), {});
    else if (free < 1.0)
        report.warn(QStringLiteral("disk"), QStringLiteral("%1 GB free at %2.").arg(free, 0, 'f', 1).arg(services.root), QStringLiteral("Training and the prediction log need room: free some."));
    else
        report.ok(QStringLiteral("disk"), QStringLiteral("%1 GB free at %2.").arg(free, 0, 'f', 0).arg(services.root));
    const auto models = services.registry->models();
    if (models)
        report.ok(QStringLiteral("registry"), QStringLiteral("opens, %1 registered models.").arg(models->size()));
    else
        report.bad(QStringLiteral("registry"), models.error());
    if (const auto decisions = retrain::DecisionStore::open(services.root); !decisions)
        report.bad(QStringLiteral("decisions"), decisions.error());
    const auto journal = services.journal->verify();
    if (!journal)
        report.bad(QStringLiteral("journal"), journal.error());
    else if (!journal->intact)
        report.bad(QStringLiteral("journal"), Error{ErrorKind::Conflict, journal->finding, services.journal->file(), QStringLiteral("Compare it with a copy; every later line is in doubt."), {}});
    else if (!journal->authenticated)
        report.warn(QStringLiteral("journal"), journal->finding, QStringLiteral("Unlock a keychain, so that a recomputed chain is found too."));
    else
        report.ok(QStringLiteral("journal"), journal->finding);
    if (auto runs = services.registry->runs({}, 500))
        for (registry::Run &run : *runs) {
            fleet::settle(run);
            const auto arguments = fleet::resumeArguments(run);
            if (run.status == registry::RunStatus::Killed && !run.error.isEmpty() && arguments)
                report.warn(QStringLiteral("training ") + run.name, run.error, QStringLiteral("Go on from its checkpoint: pilot %1").arg(arguments->join(QLatin1Char(' '))));
        }
    if (const auto watch = fleet::watchPresence(services); !watch)
        report.bad(QStringLiteral("alert rules"), watch.error());
    else if (*watch && (*watch)->missed(services.clock->nowUtc()))
        report.warn(QStringLiteral("alert rules"), (*watch)->sentence(services.clock->nowUtc()), QStringLiteral("`pilot watch --install`, then what it says; or `pilot watch`."));
    else if (*watch)
        report.ok(QStringLiteral("alert rules"), (*watch)->runs ? QStringLiteral("pilot watch looks after them.") : QStringLiteral("evaluated at %1.").arg((*watch)->looked.toString(Qt::ISODate)));
    for (const workspace::Model &model : services.workspace.models) {
        const auto target = services.rolloutTarget(model);
        if (!target)
            continue;
        const auto status = (*target)->status();
        const QString name = QStringLiteral("endpoint ") + model.name;
        if (!status)
            report.warn(name, status.error().text(), QStringLiteral("`pilot rollouts start %1` starts it.").arg(model.name));
        else if (status->phase == cluster::RolloutPhase::Unreachable)
            report.warn(name, QStringLiteral("It was served and does not answer now."), QStringLiteral("`pilot serve %1@%2` takes its last state up.").arg(model.name, model.registry.champion));
        else if (status->phase == cluster::RolloutPhase::None)
            report.ok(name, QStringLiteral("nothing is served yet."));
        else
            report.ok(name, QStringLiteral("%1 at %2.").arg(cluster::rolloutPhaseName(status->phase), status->url));
    }
}

Result<void> doctor(Context &context) {
    Report report;
    const auto file = workspace::findWorkspace(context.workspaceOption, QDir::currentPath());
    if (!file) {
        report.bad(QStringLiteral("workspace"), file.error());
    } else if (const auto workspace = workspace::readWorkspace(*file); !workspace) {
        report.bad(QStringLiteral("workspace"), workspace.error());
    } else {
        report.ok(QStringLiteral("workspace"), QStringLiteral("%1 (%2), %3 models, role %4.").arg(workspace->name, *file).arg(workspace->models.size()).arg(workspace::roleName(workspace->role)));
        for (const workspace::Model &model : workspace->models)
            checkModel(*workspace, model, report);
        if (const auto services = context.services())
            checkServices(**services, report);
        else
            report.bad(QStringLiteral("services"), services.error());
    }
    if (const auto module = learn::torchModule(); !module)
        report.warn(QStringLiteral("LibTorch module"), QStringLiteral("mlp, lstm and gru cannot be trained or served: %1").arg(module.error().what), module.error().hint);
    else
        report.ok(QStringLiteral("LibTorch module"), QStringLiteral("opens, OpenBLAS core type %1.").arg(qEnvironmentVariable("OPENBLAS_CORETYPE", QStringLiteral("its own choice"))));
    context.answer(report.json(), report.text());
    context.exitCodeWanted = report.anyBad() ? 1 : 0;
    return {};
}

const Verb verb("doctor", "Check the workspace and tell what to do", [](CLI::App &app, VerbBody &body) { app.callback([&body] { body = doctor; }); });

} // namespace
} // namespace pilothouse
