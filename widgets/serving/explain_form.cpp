// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/serving/explain_form.h"

#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/serving/explanation_text.h"
#include "widgets/serving/output_choice.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QIntValidator>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace pilothouse::ui {

namespace {

using explain::Grouping;
using explain::Method;
using explain::View;
using fleet::WhyRows;

const QString machine = QStringLiteral("machine"), atEndpoint = QStringLiteral("endpoint");
const QString oneRow = QStringLiteral("row"), dataSet = QStringLiteral("data"), oneInput = QStringLiteral("input");

} // namespace

ExplainForm::ExplainForm(QWidget *parent)
    : QWidget(parent), m_model(new Choice), m_version(new Choice), m_method(new Choice), m_column(new Choice), m_group(new Choice), m_rows(new Choice), m_where(new SegmentedControl), m_view(new SegmentedControl),
      m_output(new OutputChoice(true)), m_file(new QLineEdit), m_number(new QLineEdit) {
    build();
    m_model->setObjectName(QStringLiteral("explainModel"));
    m_version->setObjectName(QStringLiteral("explainVersion"));
    m_method->setObjectName(QStringLiteral("explainMethod"));
    m_column->setObjectName(QStringLiteral("explainColumn"));
    m_group->setObjectName(QStringLiteral("explainGroup"));
    m_rows->setObjectName(QStringLiteral("explainRows"));
    m_where->setObjectName(QStringLiteral("explainWhere"));
    m_view->setObjectName(QStringLiteral("explainView"));
    m_file->setObjectName(QStringLiteral("explainFile"));
    m_number->setObjectName(QStringLiteral("explainNumber"));
    m_number->setValidator(new QIntValidator(0, 1000000000, m_number));
    m_where->setSegments({{machine, tr("This machine"), State::None}, {atEndpoint, tr("Endpoint"), State::None}});
    m_view->setSegments({{oneRow, tr("One row"), State::None}, {dataSet, tr("Data set"), State::None}, {oneInput, tr("One input"), State::None}});
    m_view->setCurrent(dataSet);
    m_group->addItem(tr("each by itself"), int(Grouping::Inputs));
    m_group->addItem(tr("series by series"), int(Grouping::Series));
    m_group->addItem(tr("lag by lag"), int(Grouping::Lags));
    m_group->setCurrentIndex(1);
    connect(m_model, &QComboBox::activated, this, [this] { choose(m_model->currentText()); });
    connect(m_version, &QComboBox::activated, this, [this] { choose(m_model->currentText(), m_version->currentData().toInt()); });
    for (Choice *choice : {m_method, m_column, m_group, m_rows})
        connect(choice, &QComboBox::activated, this, &ExplainForm::follow);
    connect(m_group, &QComboBox::activated, this, [this] { m_groupChosen = true; });
    connect(m_where, &SegmentedControl::currentChanged, this, &ExplainForm::follow);
    connect(m_view, &SegmentedControl::currentChanged, this, &ExplainForm::follow);
    connect(m_output, &OutputChoice::changed, this, &ExplainForm::follow);
    for (QLineEdit *line : {m_file, m_number})
        connect(line, &QLineEdit::textChanged, this, &ExplainForm::changed);
    follow();
}

void ExplainForm::build() {
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 12);
    column->setSpacing(10);
    auto *which = new QHBoxLayout;
    which->setSpacing(8);
    which->addWidget(new Field(tr("Model"), m_model), 1);
    m_versionField = new Field(tr("Version"), m_version);
    which->addWidget(m_versionField, 1);
    column->addLayout(which);
    m_whereField = new Field(tr("Who is asked"), m_where);
    auto *what = new Field(tr("What is explained"), m_view);
    m_columnField = new Field(tr("Input that varies"), m_column);
    m_methodField = new Field(tr("Method"), m_method);
    m_outputField = new Field(tr("Output"), m_output);
    m_groupField = new Field(tr("Inputs of the forecast"), m_group);
    m_rowsField = new Field(tr("Rows"), m_rows);
    m_fileField = new Field(tr("File"), buildFile(), tr("With the columns that the recipe names"));
    m_numberField = new Field(tr("Row"), m_number);
    for (Field *field : {m_whereField, what, m_columnField, m_methodField, m_outputField, m_groupField, m_rowsField, m_fileField, m_numberField})
        column->addWidget(field);
    column->addStretch(1);
}

QWidget *ExplainForm::buildFile() {
    auto *both = new QWidget;
    auto *row = new QHBoxLayout(both);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    m_file->setAccessibleName(tr("File"));
    auto *open = new Button;
    open->setGlyph(QStringLiteral("folder"));
    open->setObjectName(QStringLiteral("explainOpenFile"));
    open->setAccessibleName(tr("Choose a data file"));
    row->addWidget(m_file, 1);
    row->addWidget(open);
    both->setFocusProxy(m_file);
    connect(open, &QAbstractButton::clicked, this, &ExplainForm::openFile);
    return both;
}

void ExplainForm::openFile() {
    auto *dialog = new QFileDialog(this, tr("Open a data file"), {}, tr("Tables (*.csv *.csv.gz *.tsv *.txt);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, m_file, &QLineEdit::setText);
    dialog->open();
}

QString ExplainForm::model() const { return m_model->currentText(); }
int ExplainForm::version() const { return m_version->currentData().toInt(); }
View ExplainForm::view() const { return m_view->current() == oneRow ? View::Row : m_view->current() == oneInput ? View::Dependence : View::DataSet; }
Method ExplainForm::method() const { return Method(m_method->currentData().toInt()); }
WhyRows ExplainForm::rows() const { return WhyRows(m_rows->currentData().toInt()); }
bool ExplainForm::endpoint() const { return m_where->isEnabled() && m_where->current() == atEndpoint; }

void ExplainForm::setModels(const std::vector<ExplainedModel> &models) {
    m_models = models;
    QStringList names;
    for (const ExplainedModel &model : models)
        names << model.name;
    const QString before = model();
    const int versionBefore = version();
    const bool kept = std::any_of(models.begin(), models.end(), [&](const auto &model) { return model.name == before; });
    m_model->setItems(names);
    showVersions();
    if (model() != before || version() != versionBefore)
        choose(model(), kept ? version() : 0);
    else
        follow();
}

/// The versions of the chosen model; the chosen one stays.
void ExplainForm::showVersions() {
    const auto shown = std::find_if(m_models.begin(), m_models.end(), [this](const auto &model) { return model.name == m_model->currentText(); });
    QStringList words;
    QVariantList numbers;
    if (shown != m_models.end())
        for (const auto &[number, text] : shown->versions) {
            words << text;
            numbers << number;
        }
    m_version->setItems(words, numbers);
}

void ExplainForm::choose(const QString &model, int version) {
    const auto shown = std::find_if(m_models.begin(), m_models.end(), [&](const auto &one) { return one.name == model; });
    if (shown == m_models.end())
        return;
    m_model->setCurrentText(model);
    showVersions();
    m_version->setCurrentIndex(std::max(0, m_version->findData(version > 0 ? version : shown->usual)));
    if (m_opened && m_opened->model == model && m_opened->version == this->version())
        return follow();
    m_opened.reset();
    m_versionField->setError({});
    follow();
    Q_EMIT versionChosen();
}

void ExplainForm::setVersion(const fleet::AskableVersion &version) {
    m_opened = version;
    m_versionField->setError({});
    m_column->setItems(fleet::columnsOf(version.signature));
    m_output->setSignature(version.signature);
    suggestGrouping();
    follow();
}

/// As long as nobody chose: by series, but of one series each step by itself, for a single bar says nothing.
void ExplainForm::suggestGrouping() {
    if (m_groupChosen || m_opened->signature.task != workspace::TaskKind::Forecast)
        return;
    const auto series = explain::featuresOf(m_opened->signature, Grouping::Series);
    m_group->setCurrentIndex(m_group->findData(int(series && series->size() == 1 ? Grouping::Inputs : Grouping::Series)));
}

void ExplainForm::setVersionError(const QString &error) {
    m_opened.reset();
    m_versionField->setError(error);
    follow();
}

void ExplainForm::setGiven(const std::optional<fleet::WhyQuestion> &given) {
    m_given = given;
    follow();
}

void ExplainForm::chooseColumn(const QString &input) {
    const int at = m_column->findText(input);
    if (at < 0)
        return;
    m_column->setCurrentIndex(at);
    m_view->setCurrent(oneInput);
    follow();
}

void ExplainForm::offerMethods() {
    QStringList titles;
    QVariantList numbers;
    for (const Method one : m_opened ? explain::methodsFor(view(), m_opened->modelType, endpoint()) : std::vector<Method>()) {
        titles << methodTitle(one);
        numbers << int(one);
    }
    if (m_opened) // else those of the version before, so that the choice stays
        m_method->setItems(titles, numbers);
    m_methodField->setHelp(methodHelp(method(), view()));
}

void ExplainForm::offerRows() {
    if (!m_opened) // those of the version before stay, and so does the choice
        return;
    QStringList words;
    QVariantList numbers;
    const auto offer = [&](WhyRows rows, const QString &text) {
        words << text;
        numbers << int(rows);
    };
    if (view() == View::Row && m_given && m_given->model == model() && m_given->version == version())
        offer(WhyRows::Given, tr("as set in What-if"));
    if (m_opened->hasSample)
        offer(WhyRows::Sample, tr("sample of the package"));
    offer(WhyRows::File, tr("a file"));
    if (m_opened->hasLog)
        offer(WhyRows::Log, tr("what the endpoint was asked"));
    m_rows->setItems(words, numbers);
}

/// Which row, or how many at most: two numbers with one place, so that the one is never taken for the other.
void ExplainForm::showNumber() {
    const bool row = view() == View::Row;
    if (row != m_numberOfRow) {
        const QSignalBlocker quiet(m_number);
        m_number->setText(std::exchange(m_otherNumber, m_number->text()));
        m_numberOfRow = row;
    }
    m_numberField->setVisible(!(row && rows() == WhyRows::Given));
    m_numberField->setLabel(!row ? tr("Rows at most") : rows() == WhyRows::Log ? tr("Row, 0 is the newest") : tr("Row, counted from 0"));
    m_number->setPlaceholderText(row ? QStringLiteral("0") : tr("as many as suit the method"));
}

void ExplainForm::follow() {
    const auto shown = std::find_if(m_models.begin(), m_models.end(), [this](const auto &one) { return one.name == m_model->currentText(); });
    m_whereField->setBlocked(shown != m_models.end() && shown->asked ? QString() : tr("Nothing serves it."));
    m_whereField->setHelp(endpoint() ? tr("It may log each row that the method needs.") : QString());
    offerMethods();
    offerRows();
    const bool forecast = m_opened && m_opened->signature.task == workspace::TaskKind::Forecast;
    m_columnField->setVisible(view() == View::Dependence);
    m_outputField->setVisible(m_output->isNeeded() && method() != Method::Permutation); // it looks at all of them
    m_groupField->setVisible(forecast && view() != View::Dependence);
    m_fileField->setVisible(rows() == WhyRows::File);
    showNumber();
    Q_EMIT changed();
}

QString ExplainForm::problem() const {
    if (version() == 0)
        return tr("There is no version to explain.");
    if (!m_opened)
        return m_versionField->error().isEmpty() ? tr("The version is being read.") : tr("The version cannot be read.");
    if (view() == View::Dependence && m_column->currentText().isEmpty())
        return tr("Choose the input that varies.");
    if (rows() == WhyRows::File && m_file->text().trimmed().isEmpty())
        return tr("Choose a file first.");
    return {};
}

fleet::WhyQuestion ExplainForm::question() const {
    fleet::WhyQuestion q;
    q.model = model();
    q.version = version();
    q.endpoint = endpoint();
    q.view = view();
    q.method = method();
    q.rows = rows();
    if (m_opened) {
        q.signature = m_opened->signature;
        if (q.signature.task == workspace::TaskKind::Forecast && q.view != View::Dependence)
            q.grouping = Grouping(m_group->currentData().toInt());
    }
    if (q.method != Method::Permutation)
        q.output = m_output->name();
    if (q.view == View::Dependence)
        q.column = m_column->currentText();
    if (q.rows == WhyRows::File)
        q.file = m_file->text().trimmed();
    if (q.rows == WhyRows::Given && m_given)
        q.given = m_given->given;
    else if (q.view == View::Row)
        q.row = m_number->text().toLongLong();
    else
        q.sample = std::size_t(m_number->text().toULongLong());
    return q;
}

} // namespace pilothouse::ui
