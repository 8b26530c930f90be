// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/export_model.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/drift/drift.h"
#include "core/learn/estimator_entry.h"
#include "core/learn/export_xgboost.h"
#include "core/learn/import_xgboost.h"
#include "core/learn/load_scorer.h"
#include "core/learn/samples.h"
#include "core/learn/torch_loader.h"
#include "core/learn/tree_model.h"
#include "core/workspace/recipe_place.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QScopeGuard>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;
using artifact::Package;
using artifact::Predictions;
using workspace::ExportSpec;

constexpr std::size_t probeRows = 64; ///< drawn from the profile where a package keeps no sample

/// Rows from the quantiles and categories of the training rows, each column in a turn of its own.
Result<data::Rows> rowsFromProfile(const Package &package) {
    const QString file = package.folder + QStringLiteral("/profile.json");
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, file));
    PH_ASSIGN(const drift::Profile profile, drift::Profile::fromJson(object, file));
    const std::vector<artifact::Input> &inputs = package.signature.inputs;
    data::Rows rows{probeRows, inputs.size(), std::vector<double>(probeRows * inputs.size(), 0)};
    for (std::size_t k = 0; k < inputs.size(); ++k) {
        const auto column = std::find_if(profile.columns.begin(), profile.columns.end(), [&](const auto &c) { return c.name == inputs[k].name; });
        const bool category = inputs[k].type == data::ColumnType::Category;
        const std::size_t choices = category ? inputs[k].categories.size() : column == profile.columns.end() ? 0 : column->quantiles.size();
        for (std::size_t i = 0; choices > 0 && i < probeRows; ++i) {
            const std::size_t at = (i * (choices / probeRows + 1) + k * 7) % choices;
            rows.values[i * rows.width + k] = category ? double(at) : column->quantiles[at];
        }
    }
    return rows;
}

Result<data::Rows> rowsToAsk(const Package &package) {
    PH_ASSIGN(artifact::LabelledRows sample, artifact::sampleRows(package.folder, package.signature));
    if (sample.inputs.count > 0)
        return std::move(sample.inputs);
    return rowsFromProfile(package);
}

/// What is compared: numbers, or the probability of each class.
const std::vector<double> &answersOf(const Predictions &p) { return p.classes ? p.probabilities : p.values; }

/// The largest difference in parts of its scale; Refused above the tolerance, with the row.
Result<double> worstDifference(const Predictions &ours, const Predictions &theirs, const QString &file) {
    const std::vector<double> &a = answersOf(ours), &b = answersOf(theirs);
    const std::size_t width = ours.count ? a.size() / ours.count : 1;
    if (a.size() != b.size())
        return Error{ErrorKind::Internal, QStringLiteral("The exported file gives %1 answers, the package %2.").arg(b.size()).arg(a.size()), file, {}, {}};
    std::vector<double> size(width, 0);
    for (std::size_t i = 0; i < a.size(); ++i)
        size[i % width] += a[i] * a[i] / double(ours.count);
    double worst = 0;
    std::size_t at = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double scale = ours.classes ? 1 : std::max({std::abs(a[i]), std::sqrt(size[i % width]), std::numeric_limits<double>::min()});
        const double off = std::abs(a[i] - b[i]) / scale;
        if (!(off <= worst)) { // NaN is the worst of all
            worst = std::isnan(off) ? HUGE_VAL : off;
            at = i;
        }
    }
    if (worst > exportTolerance)
        return refused(QStringLiteral("The exported file does not answer as the package does: row %1 gives %2 and not %3 (difference %4, allowed %5).")
                           .arg(at / width + 1).arg(b[at], 0, 'g', 9).arg(a[at], 0, 'g', 9).arg(worst, 0, 'g', 3).arg(exportTolerance), file, QStringLiteral("Nothing was exported."));
    return worst;
}

/// Where the recipe names this file.
Error atExport(Error error, const workspace::Recipe &recipe, const ExportSpec &spec) {
    error.where = workspace::placeInFile(recipe.file, {QStringLiteral("export")}, spec.file);
    return error;
}

/// One package on its way into files.
class Export {
public:
    Export(const Package &package, const workspace::Recipe &recipe) : m_package(package), m_recipe(recipe) {}

    Result<void> load() {
        PH_ASSIGN(m_loaded, loadModel(m_package));
        PH_ASSIGN(m_rows, rowsToAsk(m_package));
        const artifact::ScorerPtr scorer = makeScorer(m_package.signature, m_loaded.transforms, m_loaded.model);
        PH_ASSIGN(m_answers, scorer->score(m_rows));
        return {};
    }
    Result<QByteArray> bytesOf(const ExportSpec &spec) const {
        if (m_loaded.model->flavour() != exportFlavour(spec.format))
            return invalid(QStringLiteral("%1 cannot be written as %2: %3 has no such form.").arg(spec.file, spec.format, m_package.estimator), {},
                           QStringLiteral("A torchscript is written of mlp, lstm and gru, xgboost_json and xgboost_ubj of trees."));
        if (spec.format == Q("torchscript")) {
            PH_ASSIGN(TorchModule *const module, torchModule());
            QJsonObject card{{Q("run"), m_package.runId}, {Q("package"), m_package.digest}};
            if (m_recipe.time && m_package.signature.horizon() > 0)
                card.insert(Q("step"), m_recipe.time->step); // between two steps of a window
            return module->exportScript(m_package.folder, m_package.signature, m_loaded.transforms, card);
        }
        const QString weights = m_package.folder + QStringLiteral("/model.json");
        PH_ASSIGN(const QByteArray json, readFile(weights));
        PH_ASSIGN(const TreeEnsemble trees, readXgboostJson(json, weights));
        if (const std::size_t classes = m_package.signature.classes.size(); classes > 2 && trees.objective() == TreeObjective::Numbers)
            return invalid(QStringLiteral("%1 cannot be written as %2: what %3 says of %4 classes is brought to a sum of 1 behind the trees, and an XGBoost file has no place for that.")
                               .arg(spec.file, spec.format, m_package.estimator).arg(classes), {},
                           QStringLiteral("Train gradient_boosting, or give the service the package: MLflow loads it."));
        PH_ASSIGN(const TreeEnsemble plain, plainTrees(trees, m_loaded.transforms));
        const QByteArray written = writeXgboostJson(plain);
        return spec.format == Q("xgboost_ubj") ? jsonToUbjson(written) : Result<QByteArray>(written);
    }
    /// Reads a file that was written and asks it.
    Result<ExportedFile> check(const ExportSpec &spec, const QString &file) const {
        PH_ASSIGN(const Predictions answers, ask(spec, file));
        ExportedFile out;
        PH_ASSIGN(out.worst, worstDifference(m_answers, answers, spec.file));
        PH_ASSIGN(out.sha256, sha256OfFile(file));
        out.format = spec.format;
        out.bytes = QFileInfo(file).size();
        out.rows = qint64(m_rows.count);
        return out;
    }

private:
    Result<Predictions> ask(const ExportSpec &spec, const QString &file) const {
        if (spec.format == Q("torchscript")) {
            PH_ASSIGN(TorchModule *const module, torchModule());
            return module->runExport(file, m_package.signature, m_rows);
        }
        PH_ASSIGN(QByteArray bytes, readFile(file));
        if (spec.format == Q("xgboost_ubj")) {
            PH_ASSIGN(bytes, ubjsonToJson(bytes, file));
        }
        PH_ASSIGN(TreeEnsemble trees, readXgboostJson(bytes, file));
        return TreeModel(std::move(trees), m_package.signature.classes.size(), {}).predict(m_rows);
    }

    const Package &m_package;
    const workspace::Recipe &m_recipe;
    LoadedModel m_loaded;
    data::Rows m_rows;
    Predictions m_answers; ///< of the package
};

} // namespace

QJsonObject ExportedFile::toJson() const {
    return {{Q("file"), path}, {Q("format"), format}, {Q("sha256"), sha256}, {Q("bytes"), bytes}, {Q("rows"), rows}, {Q("worst"), jsonNumber(worst)}, {Q("tolerance"), exportTolerance}};
}

QString exportFlavour(const QString &format) { return format == Q("torchscript") ? QStringLiteral("torch") : QStringLiteral("trees"); }

Result<void> checkExports(const workspace::Recipe &recipe) {
    for (const ExportSpec &spec : recipe.exports) {
        QStringList able;
        for (const EstimatorEntry *entry : estimatorTable())
            if (entry->can(recipe.task) && Q(entry->flavour) == exportFlavour(spec.format))
                able << Q(entry->name);
        const bool some = std::any_of(recipe.estimators.begin(), recipe.estimators.end(), [&](const workspace::EstimatorSpec &one) { return able.contains(one.name); });
        if (!some)
            return atExport(invalid(QStringLiteral("No estimator of this recipe gives a model that can be written as %1 (%2).").arg(spec.file, spec.format), {},
                                    QStringLiteral("These do: %1.").arg(able.join(QStringLiteral(", ")))), recipe, spec);
    }
    return {};
}

Result<std::vector<ExportedFile>> exportModel(const Package &package, const QString &folder, bool overwrite) {
    PH_ASSIGN(const workspace::Recipe recipe, recipeOf(package));
    if (recipe.exports.empty())
        return invalid(QStringLiteral("The recipe of this model names no file to export."), recipe.file, QStringLiteral("Add for example export: [%1.pt] and train again.").arg(recipe.name));
    const QDir target(folder);
    const auto there = [&]() -> Result<void> {
        for (const ExportSpec &spec : recipe.exports)
            if (!overwrite && QFileInfo::exists(target.filePath(spec.file)))
                return Error{ErrorKind::Conflict, QStringLiteral("The file is there already."), target.filePath(spec.file), QStringLiteral("Choose another folder, or say --overwrite."), {}};
        return {};
    };
    PH_TRY(there());
    Export work(package, recipe);
    PH_TRY(work.load());
    QStringList hidden;
    const auto tidy = qScopeGuard([&] {
        for (const QString &file : std::as_const(hidden))
            QFile::remove(file);
    });
    std::vector<ExportedFile> files;
    for (const ExportSpec &spec : recipe.exports) {
        const Result<QByteArray> bytes = work.bytesOf(spec);
        if (!bytes)
            return bytes.error().kind == ErrorKind::Invalid ? atExport(bytes.error(), recipe, spec) : bytes.error();
        hidden << target.filePath(QLatin1Char('.') + spec.file + QStringLiteral(".tmp-") + randomHex(4));
        PH_TRY(writeFileAtomically(hidden.back(), *bytes));
        PH_ASSIGN(ExportedFile file, work.check(spec, hidden.back()));
        file.path = QDir::cleanPath(target.absoluteFilePath(spec.file));
        files.push_back(std::move(file));
    }
    PH_TRY(there()); // it took a while
    for (std::size_t i = 0; i < files.size(); ++i)
        if (std::rename(QFile::encodeName(hidden[qsizetype(i)]).constData(), QFile::encodeName(files[i].path).constData()) != 0)
            return fileError(QStringLiteral("rename"), files[i].path);
    PH_TRY(syncFolder(target.absolutePath()));
    return files;
}

} // namespace pilothouse::learn
