// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/train_mirror.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/sources/git_command.h"

#include <QDir>
#include <QFileInfo>

namespace pilothouse {

using Q = QLatin1String;

bool namesRegistry(const Context &context, const std::string &connection) {
    if (connection.empty())
        return false;
    const auto file = workspace::findWorkspace(context.workspaceOption, QDir::currentPath());
    const auto workspace = file ? workspace::readWorkspace(*file) : Result<workspace::Workspace>(file.error());
    if (!workspace) // whoever needs it says what is wrong with it
        return false;
    for (const workspace::Connection &c : workspace->connections)
        if (c.name == QString::fromStdString(connection))
            return c.kind == Q("mlflow") || c.kind == Q("local");
    return false;
}

Result<QString> registryElsewhere(const fleet::Services &services, const QString &given, const QString &registeredAs, const QString &recipe) {
    const QString connection = given.isEmpty() ? fleet::mirrorConnection(services, registeredAs, recipe) : given;
    if (connection.isEmpty())
        return QString();
    PH_ASSIGN(const auto registry, services.registries->of(connection));
    return registry == services.registry ? QString() : connection;
}

QMap<QString, QString> lineageTags(const workspace::Recipe &recipe, const QString &file) {
    QMap<QString, QString> tags{{QStringLiteral("recipe"), recipe.name}};
    if (const auto digest = sha256OfFile(file))
        tags.insert(QStringLiteral("recipe.sha256"), *digest);
    const QString folder = QFileInfo(file).absolutePath();
    const auto commit = sources::runGit(folder, {QStringLiteral("rev-parse"), QStringLiteral("HEAD")});
    if (!commit || commit->code != 0) // no git here, or no repository
        return tags;
    tags.insert(QStringLiteral("mlflow.source.git.commit"), QString::fromLatin1(commit->out).trimmed());
    const auto changed = sources::runGit(folder, {QStringLiteral("status"), QStringLiteral("--porcelain"), QStringLiteral("--"), file});
    if (changed && changed->code == 0 && !changed->out.trimmed().isEmpty())
        tags.insert(QStringLiteral("git.recipe_changed"), QStringLiteral("true"));
    return tags;
}

TrainMirror::TrainMirror(Context &context, std::shared_ptr<fleet::Services> services, const QString &run, const QString &connection)
    : m_context(context), m_mirrors(std::make_shared<fleet::Mirrors>(std::move(services))), m_run(run), m_connection(connection) {}

Result<void> TrainMirror::begin() {
    PH_ASSIGN(m_row, m_mirrors->order(m_run, m_connection));
    m_context.events(); // made here, used there
    m_live = std::make_unique<fleet::LiveMirror>(m_mirrors, m_row, [this](const QString &text) {
        if (m_context.eventsWanted)
            m_context.events().log(QStringLiteral("warning"), text);
        else
            m_context.note(text);
    });
    return {};
}

Result<void> TrainMirror::order(const QString &model, const QString &package) {
    PH_ASSIGN(m_row, m_mirrors->order(m_run, m_connection, model, package));
    return {};
}

void TrainMirror::finish() {
    // A stop that ended the training has done its work: that the run was stopped is still told there.
    const auto row = m_live->finish(m_context.stop().stop_requested() ? std::stop_token() : m_context.stop());
    if (row)
        m_row = *row;
    else
        m_row.error = row.error();
}

bool TrainMirror::goesOn() const { return !m_row.waits() || m_row.error.what.isEmpty() || m_row.error.kind == ErrorKind::Unreachable || m_row.error.kind == ErrorKind::TimedOut; }

QJsonObject TrainMirror::toJson() const {
    return {{Q("connection"), m_connection}, {Q("run"), m_row.runThere}, {Q("state"), registry::mirrorStateName(m_row.state)}, {Q("version"), m_row.version > 0 ? QJsonValue(m_row.version) : QJsonValue()},
            {Q("error"), m_row.error.what.isEmpty() ? QJsonValue() : QJsonValue(errorToJson(m_row.error))}};
}

QJsonObject TrainMirror::registered() const {
    if (m_row.version == 0 || m_row.waits())
        return {};
    return {{Q("model"), m_row.model}, {Q("version"), m_row.version}, {Q("connection"), m_connection}};
}

QString TrainMirror::text() const {
    if (m_row.waits())
        return fleet::waitingTexts({m_row}).value(0);
    return m_row.version > 0 ? QStringLiteral("Registered as %1 version %2 on %3, run %4").arg(m_row.model).arg(m_row.version).arg(m_connection, m_row.runThere)
                             : QStringLiteral("Run %1 on %2").arg(m_row.runThere, m_connection);
}

} // namespace pilothouse
