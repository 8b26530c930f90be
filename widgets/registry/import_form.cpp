// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/import_form.h"

#include "widgets/base/button.h"
#include "widgets/base/field.h"

#include <QFileDialog>
#include <QGridLayout>
#include <QIntValidator>
#include <QLineEdit>

namespace pilothouse::ui {

namespace {

constexpr int wide = 6, half = 3, third = 2; ///< columns of the grid
constexpr int mostSteps = 100'000;           ///< as `pilot registry import` takes them

using Kind = fleet::ModelFile::Kind;

} // namespace

ImportForm::ImportForm(QWidget *parent) : QWidget(parent) {
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    for (int column = 0; column < wide; ++column)
        grid->setColumnStretch(column, 1);
    m_model = line("model", 0, 0, half, tr("Model"), tr("Of the workspace or the registry; a new name makes a new one."));
    m_rows = line("rows", 0, half, half, tr("Example rows"), tr("A CSV file with the inputs by name."));
    auto *browse = new Button(tr("Choose…"));
    browse->setObjectName(QStringLiteral("importChooseRows"));
    grid->addWidget(browse, 1, half, 1, half, Qt::AlignLeft);
    connect(browse, &QAbstractButton::clicked, this, &ImportForm::chooseRows);
    m_expected = line("expected", 2, 0, half, tr("Predictions made there"), tr("Columns of the rows that must come out again; empty: it stays unverified."));
    m_target = line("target", 2, half, half, tr("Target"), tr("Column with the true value; of a forecast all that it predicts, with commas."));
    m_task = choice("task", 3, 0, half, tr("Task"), {{tr("As its outputs look"), {}}, {tr("Regression"), QStringLiteral("regression")}, {tr("Classification"), QStringLiteral("classification")}, {tr("Forecast"), QStringLiteral("forecast")}});
    m_rounds = choice("rounds", 3, 0, half, tr("Rounds, if it was stopped early"), {{tr("As the file says"), {}}, {tr("The best"), QStringLiteral("best")}, {tr("All"), QStringLiteral("all")}});
    m_missing = line("missing", 3, half, half, tr("Means missing"), {}, QStringLiteral("-999"));
    m_classes = line("classes", 4, 0, half, tr("Classes, in the order of its outputs"), {}, tr("no,yes"));
    m_answers = choice("answers", 4, half, half, tr("What it gives for classes"), {{tr("As it looks on the rows"), {}}, {tr("Probabilities"), QStringLiteral("probabilities")}, {tr("Logits"), QStringLiteral("logits")}});
    m_window = line("window", 5, 0, third, tr("Window, in steps"), {}, QStringLiteral("24"));
    m_horizon = line("horizon", 5, third, third, tr("Horizon, in steps"), {}, QStringLiteral("24"));
    m_step = line("step", 5, 2 * third, third, tr("Step"), {}, QStringLiteral("1h"));
    for (QLineEdit *steps : {m_window, m_horizon})
        steps->setValidator(new QIntValidator(1, mostSteps, steps));
    m_series = line("series", 6, 0, wide, tr("Series, in the order it takes them"), tr("Empty: those that it predicts."), QStringLiteral("ws2m,t2m,rh2m"));
    m_time = line("time", 7, 0, half, tr("Column of times"), tr("Or its parts; empty: the only one."), QStringLiteral("YEAR,MO,DY,HR"));
    m_zone = line("zone", 7, half, half, tr("Time zone"), tr("Of these times; empty: UTC."), QStringLiteral("Asia/Colombo"));
    showFields();
}

void ImportForm::place(const char *name, QWidget *editor, int row, int column, int columns, const QString &label, const QString &help) {
    const QString word = QLatin1String(name);
    editor->setObjectName(QStringLiteral("import") + word.left(1).toUpper() + word.mid(1));
    auto *field = new Field(label, editor, help);
    m_fields.insert(word, field);
    static_cast<QGridLayout *>(layout())->addWidget(field, row, column, 1, columns, Qt::AlignTop);
}

QLineEdit *ImportForm::line(const char *name, int row, int column, int columns, const QString &label, const QString &help, const QString &placeholder) {
    auto *edit = new QLineEdit;
    edit->setPlaceholderText(placeholder);
    place(name, edit, row, column, columns, label, help);
    connect(edit, &QLineEdit::textChanged, this, &ImportForm::changed);
    return edit;
}

Choice *ImportForm::choice(const char *name, int row, int column, int columns, const QString &label, const std::vector<std::pair<QString, QString>> &words) {
    auto *box = new Choice;
    for (const auto &[text, word] : words)
        box->addItem(text, word);
    place(name, box, row, column, columns, label, {});
    connect(box, &QComboBox::currentIndexChanged, this, [this] {
        showFields();
        Q_EMIT changed();
    });
    return box;
}

void ImportForm::setFile(const fleet::ModelFile &file) {
    m_file = file;
    const QString name = file.file.section(QLatin1Char('/'), -1).section(QLatin1Char('.'), 0, 0);
    m_model->setText(name);
    m_task->setCurrentIndex(0);
    showFields();
}

bool ImportForm::forecast() const { return m_file.task == QLatin1String("forecast") || (m_file.task.isEmpty() && m_task->currentData().toString() == QLatin1String("forecast")); }

/// What the file says itself is not asked for.
void ImportForm::showFields() {
    if (m_fields.size() < 15) // still being made
        return;
    const bool script = m_file.kind == Kind::TorchScript, said = !m_file.task.isEmpty(), steps = forecast();
    const auto show = [this](const char *name, bool on) { m_fields.value(QLatin1String(name))->setVisible(on); };
    show("task", script && !said);
    show("rounds", !script);
    show("classes", script ? !steps && !said : m_file.classCount > 0);
    show("answers", script && !steps && !said);
    for (const char *name : {"window", "horizon", "series"})
        show(name, steps && !said);
    show("step", steps && m_file.step.isEmpty());
    show("target", !(steps && said));
    for (const char *name : {"time", "zone"})
        show(name, steps);
}

void ImportForm::chooseRows() {
    auto *dialog = new QFileDialog(this, tr("Rows for the import"), {}, tr("Tables (*.csv *.csv.gz *.tsv *.txt);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, m_rows, &QLineEdit::setText);
    dialog->open();
}

fleet::ModelImport ImportForm::request() const {
    const auto shown = [this](const char *name) { return !m_fields.value(QLatin1String(name))->isHidden(); };
    const auto text = [&](const char *name, const QLineEdit *edit) { return shown(name) ? edit->text().trimmed() : QString(); };
    const auto word = [&](const char *name, const Choice *box) { return shown(name) ? box->currentData().toString() : QString(); };
    fleet::ModelImport out;
    out.file = m_file.file;
    out.model = m_model->text().trimmed();
    out.rows = m_rows->text().trimmed();
    out.expected = text("expected", m_expected);
    out.target = text("target", m_target);
    out.task = word("task", m_task);
    out.classes = text("classes", m_classes);
    out.rounds = word("rounds", m_rounds);
    out.answers = word("answers", m_answers);
    out.missing = text("missing", m_missing);
    out.window = text("window", m_window).toInt();
    out.horizon = text("horizon", m_horizon).toInt();
    out.step = text("step", m_step);
    out.series = text("series", m_series);
    out.time = text("time", m_time);
    out.zone = text("zone", m_zone);
    return out;
}

QString ImportForm::lacking() const {
    const fleet::ModelImport asked = request();
    if (asked.model.isEmpty())
        return tr("Name the model first.");
    if (asked.rows.isEmpty())
        return tr("Choose the rows first: they are scored before anything is registered.");
    if (forecast() && m_file.task.isEmpty() && (asked.window == 0 || asked.horizon == 0 || asked.step.isEmpty() || asked.target.isEmpty()))
        return tr("A forecast needs its window, horizon, step and target.");
    return {};
}

} // namespace pilothouse::ui
