// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/new_model.h"

#include "core/base/file.h"
#include "core/data/file_profile.h"
#include "core/data/propose.h"
#include "core/workspace/edit.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(NewModel)
};

/// A name that registry, folders and YAML all take: letters, digits, dash and underscore.
QString nameFromFile(const QString &dataFile) {
    QString name = QFileInfo(dataFile).fileName().section(QLatin1Char('.'), 0, 0).toLower();
    name.replace(QRegularExpression(QStringLiteral("[^a-z0-9_-]+")), QStringLiteral("-"));
    name.remove(QRegularExpression(QStringLiteral("^[-_]+|[-_]+$")));
    return name.isEmpty() ? QStringLiteral("model") : name;
}

QString localConnection(const workspace::Workspace &workspace) {
    for (const workspace::Connection &connection : workspace.connections)
        if (connection.kind == QLatin1String("local"))
            return connection.name;
    return {};
}

Result<void> addModel(const workspace::Workspace &workspace, const RecipeDraft &draft) {
    const QString connection = localConnection(workspace);
    const QString recipe = QDir(QFileInfo(workspace.file).absolutePath()).relativeFilePath(draft.recipeFile);
    const QVariantMap entry{
        {QStringLiteral("registry"), QVariantMap{{QStringLiteral("connection"), connection}, {QStringLiteral("name"), draft.model}}},
        {QStringLiteral("recipe"), recipe},
        {QStringLiteral("deployment"), QVariantMap{{QStringLiteral("connection"), connection}, {QStringLiteral("target"), QStringLiteral("serving/") + draft.model}}},
        {QStringLiteral("endpoint"), QVariantMap{{QStringLiteral("connection"), connection}}},
        // A policy from the start: what nobody watches goes wrong unseen. Every word can be changed in the file.
        {QStringLiteral("retrain"), QVariantMap{{QStringLiteral("when"), QVariantList{QStringLiteral("drift > 0.25"), QStringLiteral("data_changed"), QStringLiteral("age > 30d")}},
                                                {QStringLiteral("at_most_every"), QStringLiteral("6h")}}}};
    const auto edited = workspace::editWorkspaceFile(workspace.file, [&](const QByteArray &text) {
        return workspace::editValue(text, workspace.file, {QStringLiteral("models"), draft.model}, entry);
    });
    if (!edited)
        return edited.error();
    return {};
}

} // namespace

Result<RecipeDraft> draftFromData(const Services &services, const QString &dataFile, const QString &target, std::stop_token stop) {
    PH_ASSIGN(const data::FileProfile found, data::profileFile(dataFile, {}, {}, stop));
    PH_ASSIGN(auto proposal, data::proposeRecipe(found.rows, found.profile, dataFile, target));
    RecipeDraft draft;
    draft.model = nameFromFile(dataFile);
    draft.recipeFile = QFileInfo(services.workspace.file).absolutePath() + QStringLiteral("/recipes/") + draft.model + QStringLiteral(".yaml");
    proposal.recipe.name = draft.model;
    proposal.recipe.file = draft.recipeFile;
    draft.yaml = workspace::writeRecipe(proposal.recipe);
    draft.reasons = proposal.reasons;
    draft.target = proposal.recipe.target;
    draft.columns = found.rows.names();
    draft.rows = found.profile.rows;
    draft.findings = found.quality.findings;
    draft.isNew = !services.workspace.model(draft.model);
    draft.measured = std::make_shared<const MeasuredData>(MeasuredData{dataFile, found.profile, found.quality});
    for (const data::Problem &problem : found.profile.report.problems)
        draft.problems << Text::tr("line %1, column %2: %3").arg(problem.line).arg(problem.column).arg(problem.what);
    return draft;
}

Result<RecipeDraft> draftOfModel(const Services &services, const QString &name) {
    const workspace::Model *model = services.workspace.model(name);
    if (!model)
        return notFound(Text::tr("The workspace has no model “%1”.").arg(name), services.workspace.file);
    if (model->recipe.isEmpty())
        return notFound(Text::tr("Model %1 has no recipe.").arg(name), services.workspace.file, Text::tr("Open a data file to have one proposed."));
    RecipeDraft draft;
    draft.model = name;
    draft.recipeFile = model->recipe;
    PH_ASSIGN(draft.yaml, readFile(model->recipe));
    if (const auto recipe = workspace::parseRecipe(draft.yaml, draft.recipeFile))
        draft.target = recipe->targets().join(QStringLiteral(", "));
    return draft;
}

Result<void> checkDraft(const RecipeDraft &draft) {
    const auto recipe = workspace::parseRecipe(draft.yaml, draft.recipeFile);
    if (!recipe)
        return recipe.error();
    return {};
}

Result<void> saveDraft(const Services &services, const RecipeDraft &draft) {
    PH_TRY(checkDraft(draft));
    const bool exists = QFileInfo::exists(draft.recipeFile);
    QByteArray before;
    if (exists) {
        PH_ASSIGN(before, readFile(draft.recipeFile));
        if (before == draft.yaml && !draft.isNew)
            return {};
    }
    operations::Operation operation;
    operation.kind = QStringLiteral("recipe");
    operation.object = QStringLiteral("model ") + draft.model;
    operation.summary = draft.isNew ? Text::tr("Add model %1 with its recipe").arg(draft.model) : Text::tr("Change the recipe of %1").arg(draft.model);
    operation.before = {{QStringLiteral("recipe"), QString::fromUtf8(before)}};
    operations::Step write;
    write.call = {QStringLiteral("WRITE"), draft.recipeFile, exists ? Text::tr("replaces the recipe") : Text::tr("a new recipe"), exists ? Text::tr("the old text") : Text::tr("removed"), {}};
    write.guard = [file = draft.recipeFile, before, exists]() -> Result<void> {
        if (!exists && !QFileInfo::exists(file))
            return {};
        PH_ASSIGN(const QByteArray now, readFile(file));
        if (now != before)
            return Error{ErrorKind::Conflict, Text::tr("The recipe was changed by somebody else meanwhile."), file, Text::tr("Open it again. Nothing was written."), {}};
        return {};
    };
    write.execute = [draft] { return writeFileAtomically(draft.recipeFile, draft.yaml); };
    write.readBack = [draft]() -> Result<QJsonObject> {
        PH_ASSIGN(const QByteArray now, readFile(draft.recipeFile));
        return QJsonObject{{QStringLiteral("recipe"), QString::fromUtf8(now)}};
    };
    operation.steps.push_back(std::move(write));
    if (draft.isNew) {
        operations::Step add;
        add.call = {QStringLiteral("EDIT"), services.workspace.file, Text::tr("adds models: %1").arg(draft.model), Text::tr("removes it"), {}};
        add.execute = [workspace = services.workspace, draft] { return addModel(workspace, draft); };
        add.readBack = [file = services.workspace.file, name = draft.model]() -> Result<QJsonObject> {
            PH_ASSIGN(const auto now, workspace::readWorkspace(file));
            if (!now.model(name))
                return Error{ErrorKind::Conflict, Text::tr("The model was written but is not in the file."), file, {}, {}};
            return QJsonObject{{QStringLiteral("model"), name}};
        };
        operation.steps.push_back(std::move(add));
    }
    const operations::OperationOutcome outcome = services.operations->run(std::move(operation));
    if (outcome.error)
        return *outcome.error;
    return {};
}

} // namespace pilothouse::fleet
