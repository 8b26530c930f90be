// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/score_pickles.h"

#include "app/pilot/limit_option.h"
#include "app/pilot/scoring_progress.h"

#include "core/base/file.h"
#include "core/data/csv_field.h"
#include "core/learn/pickle_blocks.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>

#include <memory>

namespace pilothouse {

namespace {

using Q = QLatin1String;

QString text(const std::string &s) { return QString::fromStdString(s); }
QString absolute(const std::string &path) { return QDir::cleanPath(QFileInfo(text(path)).absoluteFilePath()); }

/// What the pickles ask for: by the file named, else by those beside them.
Result<learn::Requirements> requirementsOf(const PickleOptions &options, const std::vector<artifact::PickleFacts> &pickles) {
    QStringList files;
    if (!options.requirements.empty())
        files << absolute(options.requirements);
    else
        for (const artifact::PickleFacts &pickle : pickles)
            if (const QString beside = learn::requirementsBeside(pickle.file); !beside.isEmpty() && !files.contains(beside))
                files << beside;
    learn::Requirements all;
    for (const QString &file : files) {
        PH_ASSIGN(const learn::Requirements some, learn::readRequirements(file));
        all.list.insert(all.list.end(), some.list.begin(), some.list.end());
        all.notes += some.notes;
    }
    return all;
}

Result<learn::PickleSetup> setupOf(const std::vector<std::string> &files, const PickleOptions &options, QStringList &notes) {
    learn::PickleSetup setup;
    for (const std::string &file : files) {
        PH_ASSIGN(artifact::PickleFacts facts, artifact::pickleFacts(absolute(file)));
        if (!facts.stopped.isEmpty())
            notes << QStringLiteral("%1: what it imports was not looked at to its end (%2).").arg(QFileInfo(facts.file).fileName(), facts.stopped);
        setup.pickles.push_back(std::move(facts));
    }
    PH_ASSIGN(learn::Requirements requirements, requirementsOf(options, setup.pickles));
    setup.requirements = std::move(requirements.list);
    notes += requirements.notes;
    setup.anyVersion = options.anyVersion;
    PH_ASSIGN(const double seconds, limitSeconds(options.maxTime, "--max-time"));
    if (seconds > 0)
        setup.limits.seconds = seconds;
    if (options.maxMemory > 0)
        setup.limits.memoryBytes = qint64(options.maxMemory);
    PH_ASSIGN(setup.python, learn::findPython(text(options.python)));
    return setup;
}

QByteArray header(const learn::LoadedPickles &model, std::size_t outputs) {
    QByteArray line = "row";
    if (outputs == 1)
        line += ",prediction";
    for (std::size_t i = 0; outputs > 1 && i < outputs; ++i)
        line += ",prediction_" + QByteArray::number(qulonglong(i));
    if (model.probabilities)
        for (const QString &name : model.classes)
            line += ',' + data::csvField(QStringLiteral("probability_") + name);
    return line + '\n';
}

QByteArray lines(const learn::PickleAnswers &answers, std::size_t first) {
    QByteArray out;
    for (std::size_t i = 0; i < answers.rows; ++i) {
        out += QByteArray::number(qulonglong(first + i));
        if (!answers.codes.empty())
            out += ',' + data::csvField(answers.labels[answers.codes[i]]);
        else
            for (std::size_t o = 0; o < answers.outputs; ++o)
                out += ',' + data::csvNumber(answers.values[i * answers.outputs + o]);
        for (std::size_t c = 0; c < answers.classes; ++c)
            out += ',' + data::csvNumber(answers.probabilities[i * answers.classes + c]);
        out += '\n';
    }
    return out;
}

/// true: all fit; null: none was asked for. What does not fit is told.
QJsonValue versionsFit(const std::vector<learn::VersionCheck> &checks, QStringList &notes) {
    if (checks.empty()) {
        notes << QStringLiteral("Neither the pickle nor a file beside it says which versions it needs, so none were compared.");
        return {};
    }
    bool all = true;
    for (const learn::VersionCheck &check : checks) {
        all = all && check.fits;
        if (!check.fits)
            notes << QStringLiteral("OTHER VERSION: %1 asks for %2 %3, and %4 is what scored; the predictions may differ.").arg(check.requirement.source, check.requirement.package, check.requirement.wanted, check.found.isEmpty() ? QStringLiteral("none") : check.found);
    }
    return all;
}

/// An error of the rows names their file as it was typed.
Error atData(Error error, const std::string &data) {
    if (error.where.isEmpty())
        error.where = text(data);
    return error;
}

} // namespace

void PickleOptions::addTo(CLI::App &app, CLI::Option *data) {
    auto *pickle = app.add_flag("--pickle", wanted, "MODEL… are pickled (.pkl, .joblib): loaded in a confined Python that may use 4GiB (or --max-memory), one applied after the other, the last predicts")->needs(data);
    app.add_option("--python", python, "With --pickle: the Python that has the model's packages, or its virtual environment (default: python3)")->needs(pickle);
    app.add_option("--requirements", requirements, "With --pickle: the versions it needs (default: requirements.txt or conda.yaml beside it)")->needs(pickle);
    app.add_flag("--any-version", anyVersion, "With --pickle: score with other versions, too, and say so")->needs(pickle);
    app.add_option("--columns", columns, "With --pickle: columns in the order the model takes them (default: those it was fitted on, else all)")->delimiter(',')->allow_extra_args(false)->needs(pickle);
    app.add_option("--max-time", maxTime, "With --pickle: run time in which it must be done, such as 30m (default 10m)")->needs(pickle);
}

Result<void> scorePickles(Context &context, const std::vector<std::string> &files, const std::string &data, const DataVersion &version, const std::string &out, const PickleOptions &options) {
    QStringList notes;
    PH_ASSIGN(const learn::PickleSetup setup, setupOf(files, options, notes));
    workspace::DataSpec source;
    source.source = dataArgument(data);
    PH_TRY(fetchData(context, source, version));
    const sources::LocalFile local{source.path(), source.fetchedSha256, 0, QJsonObject::fromVariantMap(source.origin)};
    PH_ASSIGN(const std::unique_ptr<learn::PythonScorer> scorer, learn::PythonScorer::start(setup, context.stop()));
    QStringList asked;
    for (const std::string &name : options.columns)
        asked << text(name);
    const QJsonValue fit = versionsFit(scorer->checks(), notes);
    notes += scorer->model().warnings;
    const QString file = QFileInfo(text(out)).absoluteFilePath();
    learn::ScoredPickles scored;
    PH_TRY(writeFileAtomically(file, [&](int fd) -> Result<void> {
        const auto take = [&](const learn::PickleAnswers &answers, std::size_t first) {
            QByteArray part = lines(answers, first);
            if (first == 0)
                part.prepend(header(scorer->model(), answers.outputs));
            return writeAll(fd, part.constData(), std::size_t(part.size()), file);
        };
        auto done = namingSource(learn::scoreByPickles(*scorer, learn::DataFile(source), asked, take, context.stop(), scoringProgress(context)), local, source.source);
        if (!done)
            return atData(std::move(done).error(), data);
        scored = *std::move(done);
        return {};
    }));
    notes += scored.notes;
    notes.removeDuplicates();
    for (const QString &note : notes)
        context.note(note);
    QJsonArray models, versions;
    QStringList names;
    for (std::size_t i = 0; i < setup.pickles.size(); ++i) {
        models.append(QJsonObject{{Q("file"), setup.pickles[i].file}, {Q("sha256"), setup.pickles[i].sha256}, {Q("type"), scorer->model().types.value(qsizetype(i))}});
        names << QFileInfo(setup.pickles[i].file).fileName();
    }
    for (const learn::VersionCheck &check : scorer->checks())
        versions.append(check.toJson());
    context.answer({{Q("models"), models}, {Q("python"), QJsonObject{{Q("program"), setup.python.program}, {Q("version"), setup.python.version}}}, {Q("versions"), versions}, {Q("versions_fit"), fit},
                    {Q("columns"), QJsonArray::fromStringList(scored.columns)}, {Q("classes"), QJsonArray::fromStringList(scorer->model().classes)}, {Q("probabilities"), scorer->model().probabilities},
                    {Q("rows"), qint64(scored.rows)}, {Q("out"), file}, {Q("notes"), QJsonArray::fromStringList(notes)}},
                   QStringLiteral("%1 rows scored by %2 in a confined Python %3 into %4").arg(scored.rows).arg(names.join(QStringLiteral(", then ")), setup.python.version, file));
    return {};
}

} // namespace pilothouse
