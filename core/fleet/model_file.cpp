// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/model_file.h"

#include "core/base/child_process.h"
#include "core/base/json.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <initializer_list>
#include <utility>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ModelFile)
};

/// A word as a shell takes it.
QString shellWord(const QString &word) {
    static const QRegularExpression plain(QStringLiteral("\\A[A-Za-z0-9_./:@%+,-]+\\z"));
    if (plain.match(word).hasMatch() && !word.startsWith(QLatin1Char('-')))
        return word;
    return QLatin1Char('\'') + QString(word).replace(QLatin1Char('\''), Q("'\\''")) + QLatin1Char('\'');
}

} // namespace

Result<ModelFile> ModelFile::fromJson(const QJsonObject &object) {
    const QString where = Text::tr("the answer about the file");
    JsonReader reader(object, where);
    const QString word = reader.text("kind");
    ModelFile out;
    out.file = reader.text("file");
    out.sha256 = reader.text("sha256");
    out.bytes = reader.integer("bytes");
    PH_TRY(reader.check());
    if (word == Q("pickle")) {
        PH_ASSIGN(out.pickle, artifact::PickleFacts::fromJson(object, where));
        return out;
    }
    if (word != Q("xgboost") && word != Q("torchscript"))
        return invalid(Text::tr("This program does not know the kind “%1”.").arg(word), where, Text::tr("Use a newer Pilothouse."));
    const auto texts = [&](const char *key) { return reader.has(key) ? reader.texts(key) : QStringList(); };
    out.kind = word == Q("xgboost") ? Kind::Xgboost : Kind::TorchScript;
    out.madeBy = reader.text("made_by");
    out.task = reader.text("task", QString());
    out.inputs = texts("inputs");
    if (out.kind == Kind::Xgboost) {
        out.objective = reader.text("objective");
        out.classCount = reader.integer("classes");
        out.width = reader.integer("width");
        out.rounds = reader.integer("rounds");
        out.trees = reader.integer("trees");
        out.notes = reader.texts("notes");
    } else {
        out.parameters = reader.integer("parameters");
        out.dtype = reader.text("dtype");
        out.classes = texts("classes");
        out.window = int(reader.integer("window", 0));
        out.horizon = int(reader.integer("horizon", 0));
        out.step = reader.text("step", QString());
        out.series = texts("series");
        out.targets = texts("targets");
    }
    PH_TRY(reader.check());
    return out;
}

Result<ModelFile> inspectModelFile(const QString &file, std::stop_token token) {
    ChildJob job;
    job.program = pilotProgram();
    job.nice = 0; // a person waits for it
    job.arguments = {QStringLiteral("registry"), QStringLiteral("inspect"), file};
    PH_ASSIGN(const QJsonObject reply, runJob(job, {}, token));
    return ModelFile::fromJson(reply);
}

QString scoreCommand(const QString &file) { return QStringLiteral("pilot score %1 --pickle --data ROWS.csv --out PREDICTIONS.csv --python ENV").arg(shellWord(file)); }

QStringList ModelImport::arguments() const {
    QStringList out{QStringLiteral("registry"), QStringLiteral("import"), file, QStringLiteral("--model"), model, QStringLiteral("--rows"), rows};
    for (const auto &[option, value] : std::initializer_list<std::pair<const char *, QString>>{
             {"--expected", expected}, {"--target", target}, {"--task", task}, {"--classes", classes}, {"--rounds", rounds}, {"--answers", answers}, {"--missing", missing}, {"--window", window ? QString::number(window) : QString()},
             {"--horizon", horizon ? QString::number(horizon) : QString()}, {"--step", step}, {"--series", series}, {"--time", time}, {"--zone", zone}})
        if (!value.isEmpty())
            out << QStringLiteral("%1=%2").arg(Q(option), value); // a value may begin with a dash: -999
    return out;
}

} // namespace pilothouse::fleet
