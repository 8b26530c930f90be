// SPDX-License-Identifier: GPL-3.0-or-later
// pilot trial RECIPE --share S [--threads N] [--data-sha256 HEX] [--max-memory BYTES]: one trial of a search, as `pilot train` starts them
// beside each other. RECIPE has one estimator and a validation; it is judged on its folds with the share S of each fold's training rows.
// Data with another digest than the search began with is a conflict. Not listed in the help.
//   Result: {"folds":[{metric: value}…],"mean":{…},"std":{…}}
#include "app/pilot/data_source.h"
#include "app/pilot/verb.h"

#include "core/learn/cross_validation.h"
#include "core/learn/search.h"

namespace pilothouse {

namespace {

struct Options {
    std::string recipe, dataSha256;
    double share = 1;
    int threads = 1;
};

Result<void> runTrial(Context &context, const Options &options) {
    PH_ASSIGN(const workspace::Recipe recipe, workspace::readRecipe(QString::fromStdString(options.recipe)));
    PH_ASSIGN(const std::vector<metrics::Values> folds, learn::scoreTrial(recipe, options.share, options.threads, QString::fromStdString(options.dataSha256), context.stop()));
    QString text;
    const learn::FoldFigures figures = learn::figuresOf(folds);
    for (auto it = figures.mean.begin(); it != figures.mean.end(); ++it)
        text += QStringLiteral("%1 %2 ± %3\n").arg(it.key(), -20).arg(it.value(), 12, 'g', 6).arg(figures.deviation.value(it.key()), 0, 'g', 2);
    context.answer(learn::foldsJson(folds), text + learn::validationText(*recipe.validation));
    return {};
}

const Verb verb("trial", "One trial of a search", [](CLI::App &app, VerbBody &body) {
    auto options = std::make_shared<Options>();
    app.group("");
    app.add_option("recipe", options->recipe, "Recipe file with one estimator and a validation")->required();
    app.add_option("--share", options->share, "Share of each fold's training rows")->check(CLI::Range(1e-9, 1.0));
    app.add_option("--threads", options->threads, "Threads")->check(CLI::Range(1, 1024));
    app.add_option("--data-sha256", options->dataSha256, "SHA-256 of the data file");
    addMaxMemory(app);
    app.callback([options, &body] { body = [options](Context &context) { return runTrial(context, *options); }; });
});

} // namespace
} // namespace pilothouse
