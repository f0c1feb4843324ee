// Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

/** A result, beside the parameters that were sent and the same as a table. */
export interface Asked<Result> {
  params: Record<string, any>;
  result: Result;
  table: { columns: string[]; rows: Array<Record<string, any>> };
  edges?: { columns: string[]; rows: Array<Record<string, any>> };
  warnings?: Array<{ at: string; detail: string; code?: string }>;
  link?: string;
}

export interface ActivityFeedResult {
  distinct_ids: Array<string>;
  from_date?: string | null;
  to_date?: string | null;
  event_count: number;
  events: Array<UserEvent>;
  sentinel_event?: Record<string, any> | null;
}

export interface AlertBookmark {
  id: number;
  name?: string | null;
  type?: string | null;
}

export interface AlertCount {
  anomaly_alerts_count: number;
  alert_limit: number;
  is_below_limit: boolean;
}

export interface AlertCreator {
  id: number;
  first_name?: string | null;
  last_name?: string | null;
  email?: string | null;
}

export interface AlertHistoryPagination {
  next_cursor?: string | null;
  previous_cursor?: string | null;
  page_size: number;
}

export interface AlertHistoryResponse {
  results: Array<Record<string, any>>;
  pagination?: AlertHistoryPagination | null;
}

export interface AlertProject {
  id: number;
  name?: string | null;
}

export interface AlertScreenshotResponse {
  signed_url: string;
}

export interface AlertValidation {
  alert_id: number;
  alert_name: string;
  valid: boolean;
  reason?: string | null;
}

export interface AlertWorkspace {
  id: number;
  name?: string | null;
}

export interface Annotation {
  id: number;
  project_id: number;
  date: string;
  description: string;
  user?: AnnotationUser | null;
  tags: Array<AnnotationTag>;
}

export interface AnnotationTag {
  id: number;
  name: string;
  project_id?: number | null;
  has_annotations?: boolean | null;
}

export interface AnnotationUser {
  id: number;
  first_name: string;
  last_name: string;
}

export interface AuditResponse {
  violations: Array<AuditViolation>;
  computed_at: string;
}

export interface AuditViolation {
  violation: string;
  name: string;
  platform?: string | null;
  version?: string | null;
  count: number;
  event?: string | null;
  sensitive?: boolean | null;
  propertyTypeError?: string | null;
}

export interface BlueprintConfig {
  variables?: Record<string, any> | null;
}

export interface BlueprintTemplate {
  title_key: string;
  description_key: string;
  alternative_description_key?: string | null;
  number_of_reports?: number | null;
}

export interface Bookmark {
  id: number;
  project_id?: number | null;
  name: string;
  bookmark_type: string;
  description?: string | null;
  icon?: string | null;
  params?: Record<string, any> | null;
  dashboard_id?: number | null;
  include_in_dashboard?: boolean | null;
  is_default?: boolean | null;
  creator_id?: number | null;
  creator_name?: string | null;
  creator_email?: string | null;
  created?: string | null;
  modified?: string | null;
  last_modified_by_id?: number | null;
  last_modified_by_name?: string | null;
  last_modified_by_email?: string | null;
  metadata?: BookmarkMetadata | null;
  is_visibility_restricted?: boolean | null;
  is_modification_restricted?: boolean | null;
  can_update_basic?: boolean | null;
  can_view?: boolean | null;
  can_share?: boolean | null;
  generation_type?: string | null;
  original_type?: string | null;
  unique_view_count?: number | null;
  total_view_count?: number | null;
}

export interface BookmarkHistoryPagination {
  next_cursor?: string | null;
  previous_cursor?: string | null;
  page_size: number;
}

export interface BookmarkHistoryResponse {
  results: Array<any>;
  pagination?: BookmarkHistoryPagination | null;
}

export interface BookmarkInfo {
  id: number;
  name: string;
  type: string;
  modified?: string | null;
}

export interface BookmarkMetadata {
  table_display_mode?: string | null;
  compare_enabled?: boolean | null;
  compare_filters?: Array<any> | null;
  retention_calculation_type?: string | null;
  event_name?: string | null;
  funnel_conversion_window?: number | null;
  funnel_breakdown_limit?: number | null;
}

export interface BulkCreateSchemasResponse {
  added: number;
  deleted: number;
}

export interface BulkPatchResult {
  entityType: string;
  name: string;
  status: string;
  error?: string | null;
}

export interface BusinessContext {
  level: string;
  content: string;
  organization_id?: number | null;
  project_id?: string | null;
  is_empty: boolean;
  character_count: number;
}

export interface BusinessContextChain {
  organization: BusinessContext;
  project: BusinessContext;
}

export interface Cohort {
  id: number;
  name: string;
  description?: string | null;
  count?: number | null;
  is_visible?: boolean | null;
  is_locked?: boolean | null;
  data_group_id?: string | null;
  last_edited?: string | null;
  created_by?: CohortCreator | null;
  referenced_by?: Array<number> | null;
  verified: boolean;
  last_queried?: string | null;
  referenced_directly_by: Array<number>;
  active_integrations: Array<number>;
}

export interface CohortCreator {
  id?: number | null;
  name?: string | null;
  email?: string | null;
}

export interface CohortInfo {
  date: string;
  size: number;
  retention: Array<any>;
}

export interface ComposedPropertyValue {
  type?: string | null;
  type_cast?: string | null;
  resource_type: string;
  value?: string | null;
  label?: string | null;
  property_default_type?: string | null;
  behavior?: any;
  join_property_type?: string | null;
}

export interface CustomAlert {
  id: number;
  name: string;
  bookmark?: AlertBookmark | null;
  condition: Record<string, any>;
  frequency: number;
  paused: boolean;
  subscriptions: Array<Record<string, any>>;
  notification_windows?: Record<string, any> | null;
  creator?: AlertCreator | null;
  workspace?: AlertWorkspace | null;
  project?: AlertProject | null;
  created: string;
  modified: string;
  last_checked?: string | null;
  last_fired?: string | null;
  valid: boolean;
  results?: Record<string, any> | null;
}

export interface CustomEvent {
  id: number;
  name: string;
  alternatives: Array<CustomEventAlternative>;
}

export interface CustomEventAlternative {
  event: string;
}

export interface CustomProperty {
  custom_property_id: number;
  name: string;
  description?: string | null;
  resource_type: string;
  property_type?: string | null;
  display_formula?: string | null;
  composed_properties?: Record<string, ComposedPropertyValue> | null;
  is_locked?: boolean | null;
  is_visible?: boolean | null;
  data_group_id?: string | null;
  created?: string | null;
  modified?: string | null;
  example_value?: string | null;
}

export interface Dashboard {
  id: number;
  title: string;
  description?: string | null;
  is_private: boolean;
  is_restricted: boolean;
  creator_id?: number | null;
  creator_name?: string | null;
  creator_email?: string | null;
  created?: string | null;
  modified?: string | null;
  is_favorited: boolean;
  pinned_date?: string | null;
  layout_version?: any;
  unique_view_count?: number | null;
  total_view_count?: number | null;
  last_modified_by_id?: number | null;
  last_modified_by_name?: string | null;
  last_modified_by_email?: string | null;
  filters?: Array<any> | null;
  breakdowns?: Array<any> | null;
  time_filter?: any;
  generation_type?: string | null;
  parent_dashboard_id?: number | null;
  child_dashboards?: Array<any> | null;
  can_update_basic: boolean;
  can_share: boolean;
  can_view: boolean;
  can_update_restricted: boolean;
  can_update_visibility: boolean;
  is_superadmin: boolean;
  allow_staff_override: boolean;
  can_pin: boolean;
  is_shared_with_project: boolean;
  creator?: string | null;
  ancestors: Array<any>;
  layout?: any;
  contents?: any;
  num_active_public_links?: number | null;
  new_content?: any;
  template_type?: string | null;
}

export interface DataVolumeAnomaly {
  id: number;
  timestamp?: string | null;
  actualCount: number;
  predictedUpper: number;
  predictedLower: number;
  percentVariance: string;
  status: string;
  project: number;
  event?: number | null;
  eventName?: string | null;
  property?: number | null;
  propertyName?: string | null;
  metric?: number | null;
  metricName?: string | null;
  metricType?: string | null;
  primaryType?: string | null;
  driftTypes?: Record<string, any> | null;
  anomalyClass: string;
}

export interface DeleteSchemasResponse {
  deleteCount: number;
}

export interface DownloadUrl {
  url: string;
}

export interface DropFilter {
  id: number;
  event_name: string;
  filters?: Array<any> | null;
  active?: boolean | null;
  display_name?: string | null;
  created?: string | null;
}

export interface DropFilterLimitsResponse {
  filter_limit: number;
}

export interface EventCountsResult {
  events: Array<string>;
  from_date: string;
  to_date: string;
  unit?: string | null;
  type?: string | null;
  series: Record<string, any>;
}

export interface EventDefinition {
  id: number;
  name: string;
  display_name?: string | null;
  description?: string | null;
  hidden?: boolean | null;
  dropped?: boolean | null;
  merged?: boolean | null;
  verified?: boolean | null;
  tags?: Array<string> | null;
  custom_event_id?: number | null;
  last_modified?: string | null;
  status?: string | null;
  platforms?: Array<string> | null;
  created_utc?: string | null;
  modified_utc?: string | null;
}

export interface EventDeletionRequest {
  id: number;
  displayName?: string | null;
  eventName: string;
  fromDate: string;
  toDate: string;
  filters?: Record<string, any> | null;
  status: string;
  deletedEventsCount: number;
  created: string;
  requestingUser: Record<string, any>;
}

export interface Experiment {
  id: string;
  name: string;
  description?: string | null;
  hypothesis?: string | null;
  status?: string | null;
  variants?: any;
  metrics?: any;
  settings?: Record<string, any> | null;
  exposures_cache?: Record<string, any> | null;
  results_cache?: Record<string, any> | null;
  start_date?: string | null;
  end_date?: string | null;
  created?: string | null;
  updated?: string | null;
  creator?: ExperimentCreator | null;
  feature_flag?: Record<string, any> | null;
  is_favorited?: boolean | null;
  pinned_date?: string | null;
  tags?: Array<string> | null;
  can_edit?: boolean | null;
  last_modified_by_id?: number | null;
  last_modified_by_name?: string | null;
  last_modified_by_email?: string | null;
}

export interface ExperimentCreator {
  id?: number | null;
  first_name?: string | null;
  last_name?: string | null;
}

export interface FeatureFlag {
  id: string;
  project_id: number;
  name: string;
  key: string;
  description?: string | null;
  status: string;
  tags: Array<string>;
  experiment_id?: string | null;
  context: string;
  data_group_id?: string | null;
  serving_method: string;
  ruleset: Record<string, any>;
  hash_salt?: string | null;
  workspace_id?: number | null;
  content_type?: string | null;
  created: string;
  modified: string;
  enabled_at?: string | null;
  deleted?: string | null;
  creator_id?: number | null;
  creator_name?: string | null;
  creator_email?: string | null;
  last_modified_by_id?: number | null;
  last_modified_by_name?: string | null;
  last_modified_by_email?: string | null;
  is_favorited?: boolean | null;
  pinned_date?: string | null;
  can_edit: boolean;
}

export interface FlagHistoryResponse {
  events: Array<any>;
  count: number;
}

export interface FlagLimitsResponse {
  limit: number;
  is_trial: boolean;
  current_usage: number;
  contract_status: string;
}

export interface FlowQueryResult {
  computed_at?: string | null;
  steps?: Array<any> | null;
  flows?: Array<any> | null;
  breakdowns?: Array<any> | null;
  overall_conversion_rate?: number | null;
  mode?: string | null;
  trees?: Array<any> | null;
  params?: any;
  meta?: any;
}

export interface FlowsResult {
  bookmark_id: number;
  computed_at?: string | null;
  steps?: Array<any> | null;
  breakdowns?: Array<any> | null;
  overall_conversion_rate?: number | null;
  metadata?: Record<string, any> | null;
  report_url?: string | null;
  report_url_error?: string | null;
}

export interface FrequencyResult {
  event?: string | null;
  from_date: string;
  to_date: string;
  unit?: string | null;
  addiction_unit?: string | null;
  data: Record<string, any>;
}

export interface FunnelInfo {
  funnel_id: number;
  name: string;
}

export interface FunnelQueryResult {
  computed_at?: string | null;
  from_date?: string | null;
  to_date?: string | null;
  steps_data?: Array<any> | null;
  series?: any;
  overall_conversion_rate?: number | null;
  params?: any;
  meta?: any;
}

export interface FunnelResult {
  funnel_id: number;
  funnel_name?: string | null;
  from_date: string;
  to_date: string;
  conversion_rate: number;
  steps: Array<FunnelResultStep>;
  report_url?: string | null;
  report_url_error?: string | null;
}

export interface FunnelResultStep {
  event: string;
  count: number;
  conversion_rate: number;
}

export interface LexiconSchema {
  entity_type: string;
  name: string;
  schema_json: Record<string, any>;
}

export interface LexiconSchemaInfo {
  entity_type: string;
  name: string;
  property_count: number;
  description?: string | null;
}

export interface LexiconTag {
  id: number;
  name: string;
}

export interface LookupTable {
  id: number;
  name: string;
  token?: string | null;
  created_at?: string | null;
  last_modified_at?: string | null;
  has_mapped_properties?: boolean | null;
}

export interface LookupTableUploadStatus {
  uploadStatus?: string | null;
  result?: Record<string, any> | null;
}

export interface LookupTableUploadUrl {
  url: string;
  path: string;
  key: string;
}

export interface NumericAverageResult {
  event: string;
  from_date: string;
  to_date: string;
  property_expr: string;
  unit?: string | null;
  results: Record<string, any>;
}

export interface NumericBucketResult {
  event: string;
  from_date: string;
  to_date: string;
  property_expr: string;
  unit?: string | null;
  series: Record<string, any>;
}

export interface NumericSumResult {
  event: string;
  from_date: string;
  to_date: string;
  property_expr: string;
  unit?: string | null;
  results: Record<string, any>;
  computed_at?: string | null;
}

export interface ProjectWebhook {
  id: string;
  name: string;
  url: string;
  is_enabled: boolean;
  auth_type?: string | null;
  created?: string | null;
  modified?: string | null;
  creator_id?: number | null;
  creator_name?: string | null;
}

export interface PropertyCountsResult {
  event: string;
  property_name: string;
  from_date: string;
  to_date: string;
  unit?: string | null;
  type?: string | null;
  series: Record<string, any>;
}

export interface PropertyDefinition {
  id?: number | null;
  name: string;
  resource_type?: string | null;
  display_name?: string | null;
  description?: string | null;
  example_value?: string | null;
  hidden?: boolean | null;
  dropped?: boolean | null;
  merged?: boolean | null;
  sensitive?: boolean | null;
  data_group_id?: string | null;
}

export interface QueryResult {
  computed_at?: string | null;
  from_date?: string | null;
  to_date?: string | null;
  headers?: Array<any> | null;
  series?: any;
  params?: any;
  meta?: any;
}

export interface Replay {
  summary: string;
  events: Array<any>;
}

export interface ReplayAnalysis {
  text: string;
  actions: Array<any>;
}

export interface ReplayBundle {
  text: string;
  recordings: Array<any>;
  files?: any;
  written?: string | null;
}

export interface ReplayEvent {
  replay_id: string;
  event_name?: string | null;
  event_time?: any;
  properties?: Record<string, any> | null;
}

export interface ReplaySummary {
  replay_id: string;
  distinct_id?: string | null;
  project_id?: any;
  start_time?: any;
  retention_days?: any;
}

export interface ReportLink {
  url: string;
  slug: string;
  report_type: string;
  project_id?: number | null;
  workspace_id?: number | null;
  name?: string | null;
  description?: string | null;
  bookmark_id?: number | null;
  created_at?: string | null;
}

export interface ResolvedReport {
  source?: string | null;
  report_type?: string | null;
  params?: any;
  project_id?: number | null;
  workspace_id?: number | null;
  region?: string | null;
  url?: string | null;
  slug?: string | null;
  bookmark_id?: number | null;
  bookmark?: Record<string, any> | null;
  name?: string | null;
  description?: string | null;
  input?: string | null;
  expanded_url?: string | null;
  overrides?: any;
}

export interface RetentionQueryResult {
  computed_at?: string | null;
  from_date?: string | null;
  to_date?: string | null;
  cohorts?: any;
  average?: any;
  segments?: any;
  segment_averages?: any;
  params?: any;
  meta?: any;
}

export interface RetentionResult {
  born_event: string;
  return_event: string;
  from_date: string;
  to_date: string;
  unit?: string | null;
  cohorts: Array<CohortInfo>;
}

export interface SavedBehavior {
  id: number;
  name: string;
  type: string;
  description?: string | null;
  definition: Record<string, any>;
  created?: string | null;
  modified?: string | null;
  created_by?: CohortCreator | null;
  verified: boolean;
  last_verified?: string | null;
  last_verified_by?: CohortCreator | null;
  is_visible?: boolean | null;
  is_locked?: boolean | null;
  can_view?: boolean | null;
  can_update_basic?: boolean | null;
  can_share?: boolean | null;
}

export interface SavedCohort {
  id: number;
  name: string;
  count?: number | null;
  description?: string | null;
}

export interface SavedMetric {
  id: number;
  name: string;
  type: string;
  description: string;
  definition: Record<string, any>;
  created?: string | null;
  modified?: string | null;
  created_by?: CohortCreator | null;
  owned_by?: CohortCreator | null;
  contacts: Array<string>;
  verified: boolean;
  last_verified?: string | null;
  last_verified_by?: CohortCreator | null;
  warehouse_source_id?: number | null;
  is_visible?: boolean | null;
  is_locked?: boolean | null;
  can_view?: boolean | null;
  can_update_basic?: boolean | null;
  can_share?: boolean | null;
}

export interface SavedReportResult {
  bookmark_id: number;
  computed_at?: string | null;
  from_date: string;
  to_date: string;
  headers?: Array<any> | null;
  series?: any;
  report_type: string;
  report_url?: string | null;
  report_url_error?: string | null;
}

export interface SchemaEnforcementConfig {
  id?: number | null;
  lastModified?: string | null;
  lastModifiedBy?: Record<string, any> | null;
  ruleEvent?: string | null;
  notificationEmails?: Array<string> | null;
  events?: Array<Record<string, any>> | null;
  commonProperties?: Array<Record<string, any>> | null;
  userProperties?: Array<Record<string, any>> | null;
  initializedBy?: Record<string, any> | null;
  initializedFrom?: string | null;
  initializedTo?: string | null;
  state?: string | null;
}

export interface SchemaEntry {
  entityType: string;
  name: string;
  version?: string | null;
  schemaJson: Record<string, any>;
}

export interface SchemaGraphResult {
  computed_at?: string | null;
  events?: Array<any> | null;
  properties?: Array<any> | null;
  user_properties?: Array<any> | null;
  event_to_properties?: Record<string, Array<string>> | null;
  property_to_events?: Record<string, Array<string>> | null;
  meta?: Record<string, any> | null;
}

export interface SegmentationResult {
  event: string;
  from_date: string;
  to_date: string;
  unit?: string | null;
  segment_property?: string | null;
  total: number;
  series: Record<string, any>;
  report_url?: string | null;
  report_url_error?: string | null;
}

export interface SignedReplay {
  replay_id: string;
  url?: string | null;
  query_string?: string | null;
  env?: string | null;
  signed_at?: any;
  expires_at?: any;
}

export interface SubPropertyInfo {
  name: string;
  type: string;
  sample_values: Array<any>;
}

export interface TopEvent {
  event: string;
  count: number;
  percent_change?: number | null;
}

export interface UserEvent {
  event?: string | null;
  time: string;
  properties: Record<string, any>;
}

export interface UserQueryResult {
  computed_at?: string | null;
  total?: number | null;
  profiles?: Array<any> | null;
  mode?: string | null;
  aggregate_data?: any;
  value?: number | null;
  params?: any;
  meta?: any;
}

export interface ValidateAlertsForBookmarkResponse {
  alert_validations: Array<AlertValidation>;
  invalid_count: number;
}

export interface WebhookMutationResult {
  id: string;
  name: string;
}

export interface WebhookTestResult {
  success: boolean;
  status_code: number;
  message: string;
}

export interface AskAllOf {
  /** The criteria, at least one */
  all_of: Array<AskCriterion>;
}

export interface AskAnchor {
  /** Name of the event */
  event: string;
  /** Steps after it, 0 to 5 */
  forward?: number;
  /** Steps before it, 0 to 5 */
  reverse?: number;
  /** Name that the report shows */
  label?: string;
  /** Which of the events count */
  filters?: AskEventFilter | Array<AskEventFilter>;
  /** Whether all filters must pass, or any */
  filters_combinator?: "all" | "any";
  /** That it is the start or the end of a session */
  session_event?: "start" | "end";
}

export interface AskAnyEvent {
  /** The events */
  any_of: Array<AskGroupedEvent>;
  /** Name of the series */
  name?: string;
}

export interface AskAnyOf {
  /** The criteria, at least one */
  any_of: Array<AskCriterion>;
}

export interface AskCohortBreakdown {
  /** Id of a saved cohort, or its definition */
  cohort: AskCohort;
  /** Name that the report shows */
  name?: string;
  /** Show those that are not in it, too */
  include_negated?: boolean;
}

export interface AskCohortFilter {
  /** Id of a saved cohort, or its definition */
  cohort: AskCohort;
  /** Name that the report shows */
  name?: string;
  /** Users that are not in it */
  negated?: boolean;
}

export interface AskCohortMetric {
  /** Id of the cohort */
  cohort: AskCohort;
  /** Name that the report shows */
  name?: string;
}

export interface AskCustomEvent {
  /** Its id */
  custom_event: number;
}

export interface AskCustomProperty {
  /** Its id, or what it is */
  custom_property: AskCustomPropertyDefinition;
}

export interface AskCustomPropertyInput {
  /** Name of the property */
  name: string;
  /** Its type */
  type?: "string" | "number" | "boolean" | "datetime" | "list";
  /** Whose property it is */
  resource_type?: "event" | "user";
}

export interface AskDid {
  /** Name of the event */
  did: string;
  /** So many times or more */
  at_least?: number;
  /** So many times or less */
  at_most?: number;
  /** So many times */
  exactly?: number;
  /** Which of the events count */
  where?: AskPropertyFilter | Array<AskPropertyFilter>;
  /** Aggregate of a property, instead of how many times */
  aggregation?: "total" | "unique" | "average" | "min" | "max" | "median";
  /** The property that is aggregated */
  aggregation_property?: string;
  /** In the last so many days */
  within_days?: number;
  /** In the last so many weeks */
  within_weeks?: number;
  /** In the last so many months */
  within_months?: number;
  /** From this day; with to_date */
  from_date?: string;
  /** To this day; with from_date */
  to_date?: string;
}

export interface AskDidNot {
  /** Name of the event */
  did_not: string;
  /** In the last so many days */
  within_days?: number;
  /** In the last so many weeks */
  within_weeks?: number;
  /** In the last so many months */
  within_months?: number;
  /** From this day; with to_date */
  from_date?: string;
  /** To this day; with from_date */
  to_date?: string;
}

export interface AskEventMetric {
  /** The event */
  event: AskEvent;
  /** How it is measured */
  math?: "total" | "unique" | "dau" | "wau" | "mau" | "cumulative_unique" | "sessions" | "average" | "median" | "min" | "max" | "p25" | "p75" | "p90" | "p99" | "percentile" | "histogram" | "unique_values" | "most_frequent" | "first_value" | "multi_attribution" | "numeric_summary";
  /** The property that is measured */
  property?: AskProperty;
  /** How it is taken per user first */
  per_user?: "total" | "average" | "min" | "max" | "unique_values";
  /** Which percentile, for percentile */
  percentile_value?: number;
  /** Which events of a user count */
  segment_method?: "all" | "first";
  /** Which of the events count */
  filters?: AskEventFilter | Array<AskEventFilter>;
  /** Whether all filters must pass, or any */
  filters_combinator?: "all" | "any";
}

export interface AskExclusion {
  /** Name of the event */
  event: string;
  /** First step, counted from 0 */
  from_step?: number;
  /** Last step, counted from 0; the funnel's last when left out */
  to_step?: number;
}

export interface AskFormula {
  /** Letters, numbers, + - * / ^ ( ); A is the first metric */
  formula: string;
  /** Name that the report shows */
  label?: string;
  /** Operands of its own */
  metrics?: Array<AskOperand>;
}

export interface AskFrequency {
  /** Name of the event */
  event: string;
  /** How often */
  value: number;
  /** The test */
  operator?: "is at least" | "is at most" | "is greater than" | "is less than" | "is equal to";
  /** How far to look back */
  date_range_value?: number;
  /** Unit of it */
  date_range_unit?: "day" | "week" | "month";
  /** Which of the events count */
  event_filters?: AskPropertyFilter | Array<AskPropertyFilter>;
  /** Name that the report shows */
  label?: string;
}

export interface AskFrequencyBreakdown {
  /** How often they did what */
  frequency: AskFrequencyBuckets;
}

export interface AskFrequencyBuckets {
  /** Name of the event */
  event: string;
  /** Size of a bucket */
  bucket_size?: number;
  /** Where the buckets begin */
  bucket_min?: number;
  /** Where the buckets end */
  bucket_max?: number;
  /** Name that the report shows */
  label?: string;
}

export interface AskFrequencyFilter {
  /** How often they did what */
  frequency: AskFrequency;
}

export interface AskFunnel {
  /** The steps, 2 at least */
  steps: Array<AskFunnelStepOrName>;
  /** How long a user may take for all steps */
  conversion_window?: number;
  /** Unit of it */
  conversion_window_unit?: "second" | "minute" | "hour" | "day" | "week" | "month" | "session";
  /** Whether the order of steps counts */
  order?: "loose" | "any";
  /** Events that take a user out */
  exclusions?: Array<AskExclusionOrName>;
  /** Properties that must stay the same; 3 at most */
  holding_constant?: AskHeldPropertyOrName | Array<AskHeldPropertyOrName>;
  /** How a user may begin again */
  reentry_mode?: "default" | "basic" | "aggressive" | "optimized";
}

export interface AskFunnelMetric {
  /** The funnel */
  funnel: AskFunnelBehavior;
  /** How it is measured */
  math?: "conversion_rate_unique" | "conversion_rate_total" | "conversion_rate_session" | "unique" | "total" | "average" | "median" | "min" | "max" | "p25" | "p75" | "p90" | "p99" | "histogram";
  /** The property that is measured */
  property?: AskProperty;
  /** The step that is shown, counted from 0 */
  step_index?: number;
  /** Name that the report shows */
  label?: string;
}

export interface AskFunnelStep {
  /** Name of the event */
  event: string;
  /** Name that the report shows */
  label?: string;
  /** Order of this step, when it is another than the funnel's */
  order?: "loose" | "any";
  /** Which of the events count */
  filters?: AskEventFilter | Array<AskEventFilter>;
  /** Whether all filters must pass, or any */
  filters_combinator?: "all" | "any";
}

export interface AskHasProperty {
  /** Name of the property */
  has_property: string;
  /** What it is tested against */
  value?: string | number | boolean | Array<string | number | boolean>;
  /** The test */
  op?: "equals" | "not_equals" | "contains" | "not_contains" | "greater_than" | "less_than" | "is_set" | "is_not_set";
  /** Type of the property */
  type?: "string" | "number" | "boolean" | "datetime" | "list";
}

export interface AskHeldProperty {
  /** Name of the property */
  property: string;
  /** Whose property it is */
  resource_type?: "events" | "people";
}

export interface AskInCohort {
  /** Id of the cohort */
  in_cohort: number;
}

export interface AskInlineCustomProperty {
  /** Formula over the letters of the inputs */
  formula: string;
  /** Properties by the letters A to Z that the formula uses */
  inputs: Record<string, AskCustomPropertyInput>;
  /** Type of the result */
  property_type?: "string" | "number" | "boolean" | "datetime";
  /** Whose property it is */
  resource_type?: "events" | "people";
}

export interface AskListItem {
  /** Name of the field */
  sub: string;
  /** Its type */
  type?: "string" | "number" | "boolean" | "datetime";
}

export interface AskListItemBreakdown {
  /** The property that holds the list */
  property: AskProperty;
  /** The field of its items */
  list_item: AskListItem;
  /** Size of a bucket of numbers; with bucket_min and bucket_max */
  bucket_size?: number;
  /** Where the buckets begin */
  bucket_min?: number;
  /** Where the buckets end */
  bucket_max?: number;
}

export interface AskNotInCohort {
  /** Id of the cohort */
  not_in_cohort: number;
}

export interface AskPropertyBreakdown {
  /** The property */
  property: AskProperty;
  /** Its type */
  type?: "string" | "number" | "boolean" | "datetime";
  /** Size of a bucket of numbers; with bucket_min and bucket_max */
  bucket_size?: number;
  /** Where the buckets begin */
  bucket_min?: number;
  /** Where the buckets end */
  bucket_max?: number;
}

export interface AskPropertyFilter {
  /** The property that is tested */
  property: AskProperty;
  /** The test: equals, contains, greater_than, between, is_set, on, in_the_last … */
  op: string;
  /** What it is tested against */
  value?: string | number | boolean | Array<string | number | boolean>;
  /** Unit of a relative date */
  unit?: "hour" | "day" | "week" | "month";
  /** Type of the property, when the test does not tell it */
  type?: "string" | "number" | "boolean" | "datetime" | "list" | "object";
  /** Whose property it is */
  resource_type?: "events" | "people";
  /** Tests of an item, for list_contains */
  items?: Array<AskPropertyFilter>;
  /** How many items must pass, for list_contains */
  quantifier?: "all" | "any";
}

export interface AskRetention {
  /** The first event */
  born_event: AskRetentionEventOrName;
  /** The event that counts as a return */
  return_event: AskRetentionEventOrName;
  /** Length of a bucket */
  retention_unit?: "day" | "week" | "month";
  /** Where buckets begin */
  alignment?: "birth" | "interval_start";
  /** Ends of buckets, rising */
  bucket_sizes?: Array<number>;
  /** How a return counts for other buckets */
  unbounded_mode?: "none" | "carry_back" | "carry_forward" | "consecutive_forward";
}

export interface AskRetentionEvent {
  /** Name of the event */
  event: string;
  /** Which of the events count */
  filters?: AskEventFilter | Array<AskEventFilter>;
  /** Whether all filters must pass, or any */
  filters_combinator?: "all" | "any";
}

export interface AskRetentionMetric {
  /** The retention */
  retention: AskRetentionBehavior;
  /** How it is measured */
  math?: "retention_rate" | "unique" | "total" | "average";
  /** The bucket that is shown, counted from 0 */
  bucket_index?: number;
  /** Add the buckets up */
  retention_cumulative?: boolean;
  /** The property that is measured */
  property?: AskProperty;
  /** Name that the report shows */
  label?: string;
}

export interface AskSavedBehavior {
  /** Its id */
  behavior: number;
  /** What kind of behavior it is */
  type: "simple" | "funnel" | "retention";
}

export interface AskSavedMetric {
  /** Its id */
  metric: number;
  /** What kind of metric it is */
  type?: "metric" | "formula" | "warehouse";
  /** Name that the report shows */
  label?: string;
  /** How it is measured */
  math?: "total" | "unique" | "dau" | "wau" | "mau" | "cumulative_unique" | "sessions" | "average" | "median" | "min" | "max" | "p25" | "p75" | "p90" | "p99" | "percentile" | "histogram" | "unique_values" | "most_frequent" | "first_value" | "multi_attribution" | "numeric_summary" | "conversion_rate_unique" | "conversion_rate_total" | "conversion_rate_session" | "retention_rate";
  /** The property that is measured */
  property?: AskProperty;
  /** How it is taken per user first */
  per_user?: "total" | "average" | "min" | "max" | "unique_values";
  /** Which percentile */
  percentile_value?: number;
  /** Which events of a user count */
  segment_method?: "all" | "first";
  /** Whether the order of steps counts */
  funnel_order?: "loose" | "any";
  /** The step that is shown, counted from 0 */
  step_index?: number;
  /** The bucket that is shown, counted from 0 */
  bucket_index?: number;
  /** Leave it out of the report */
  hidden?: boolean;
  /** More changes, as the body has them */
  overrides?: Record<string, any>;
}

export interface AskTimeComparison {
  /** How the other period is told */
  type: "relative" | "absolute-start" | "absolute-end";
  /** How far back, for relative */
  unit?: "day" | "week" | "month" | "quarter" | "year";
  /** The day, for absolute-start and absolute-end */
  date?: string;
}

export interface BlueprintCard {
  type: string;
  text_card_id?: number;
  bookmark_id?: number;
  markdown?: string;
  name?: string;
  params?: Record<string, any>;
}

export interface BulkAnomalyEntry {
  id: number;
  anomaly_class: string;
}

export interface BulkEventUpdate {
  name?: string;
  id?: number;
  hidden?: boolean;
  dropped?: boolean;
  merged?: boolean;
  verified?: boolean;
  tags?: Array<string>;
  displayName?: string;
  contacts?: Array<string>;
  team_contacts?: Array<string>;
}

export interface BulkPropertyUpdate {
  name: string;
  resource_type: "Event" | "User";
  id?: number;
  hidden?: boolean;
  dropped?: boolean;
  sensitive?: boolean;
  display_name?: string;
  example_value?: string;
  data_group_id?: string;
}

export interface BulkUpdateAnomalyParams {
  anomalies: Array<BulkAnomalyEntry>;
  status: string;
}

export interface BulkUpdateBookmarkEntry {
  id: number;
  name?: string;
  params?: Record<string, any>;
  description?: string;
  icon?: string;
  is_visibility_restricted?: boolean;
  is_modification_restricted?: boolean;
}

export interface BulkUpdateCohortEntry {
  definition?: Record<string, any>;
  id: number;
  name?: string;
  description?: string;
}

export interface BulkUpdateEventsParams {
  events: Array<BulkEventUpdate>;
}

export interface BulkUpdatePropertiesParams {
  properties: Array<BulkPropertyUpdate>;
}

export interface ComposedPropertyValueInput {
  type?: string;
  type_cast?: string;
  resource_type: string;
  value?: string;
  label?: string;
  property_default_type?: "string" | "number" | "boolean" | "datetime";
  behavior?: any;
  join_property_type?: string;
}

export interface RcaSourceData {
  source_type: string;
  date?: string;
  metric_source?: boolean;
}

export interface ReplaceSchemaEnforcementParams {
  common_properties: Array<Record<string, any>>;
  user_properties: Array<Record<string, any>>;
  events: Array<Record<string, any>>;
  rule_event: string;
  notification_emails: Array<string>;
  schema_id?: number;
}

export interface SchemaEntryInput {
  entity_type: string;
  name: string;
  version?: string;
  schema_definition: Record<string, any>;
}

export interface UpdateSchemaEnforcementParams {
  notification_emails?: Array<string>;
  rule_event?: string;
  events?: Array<string>;
  properties?: Record<string, Array<string>>;
}

export type AskAnchorOrName = string | AskAnchor;

export type AskBornEvent = string | AskSavedBehavior | AskRetentionEvent;

export type AskBreakdown = string | AskListItemBreakdown | AskPropertyBreakdown | AskCohortBreakdown | AskFrequencyBreakdown;

export type AskCohort = number | AskAllOf | AskAnyOf;

export type AskCriterion = AskAllOf | AskAnyOf | AskDid | AskDidNot | AskHasProperty | AskInCohort | AskNotInCohort;

export type AskCustomPropertyDefinition = number | AskInlineCustomProperty;

export type AskEvent = string | Array<AskNamedEvent> | AskCustomEvent | AskAnyEvent | AskSavedBehavior;

export type AskEventFilter = AskPropertyFilter | AskCohortFilter;

export type AskExclusionOrName = string | AskExclusion;

export type AskFilter = AskPropertyFilter | AskCohortFilter | AskFrequencyFilter;

export type AskFlowFilter = AskPropertyFilter | AskCohortFilter;

export type AskFunnelBehavior = AskSavedBehavior | AskFunnel;

export type AskFunnelStepOrName = string | AskFunnelStep;

export type AskFunnelSteps = Array<AskFunnelStepOrName> | AskSavedBehavior;

export type AskGroupedEvent = string | AskCustomEvent | AskFunnelStep;

export type AskHeldPropertyOrName = string | AskHeldProperty;

export type AskMetric = string | AskFormula | AskEventMetric | AskCohortMetric | AskFunnelMetric | AskRetentionMetric | AskSavedMetric;

export type AskNamedEvent = string | AskCustomEvent;

export type AskOperand = AskFormula | AskEventMetric | AskCohortMetric | AskFunnelMetric | AskRetentionMetric | AskSavedMetric;

export type AskProperty = string | AskCustomProperty;

export type AskRetentionBehavior = AskSavedBehavior | AskRetention;

export type AskRetentionEventOrName = string | AskRetentionEvent;

export type AskReturnEvent = string | AskRetentionEvent;

export type AskUsersFilter = AskPropertyFilter | AskCohortFilter;

export type AskUsersWhere = string | Array<AskUsersFilter> | AskPropertyFilter | AskCohortFilter;

export interface EventsOptions {
  /** Whether an answer that is kept does not count */
  refresh?: boolean;
}

export interface PropertiesOptions {
  /** Whether an answer that is kept does not count */
  refresh?: boolean;
}

export interface PropertyValuesOptions {
  /** At most so many; else 100 */
  limit?: number;
  /** Only of this event */
  event?: string;
  /** Whether an answer that is kept does not count */
  refresh?: boolean;
}

export interface SubpropertiesOptions {
  /** Look at so many values; else 50 */
  sampleSize?: number;
  /** Only of this event */
  event?: string;
  /** Whether an answer that is kept does not count */
  refresh?: boolean;
}

export interface FunnelsOptions {
  /** Whether an answer that is kept does not count */
  refresh?: boolean;
}

export interface CohortsOptions {
  /** Whether an answer that is kept does not count */
  refresh?: boolean;
}

export interface TopEventsOptions {
  /** How they are counted; else general */
  type?: "general" | "unique" | "average";
  /** At most so many; else 10 */
  limit?: number;
}

export interface LexiconSchemasOptions {
  /** Only schemas of this kind */
  entityType?: "event" | "profile";
  /** Whether an answer that is kept does not count */
  refresh?: boolean;
}

export interface LexiconSchemaOptions {
  /** Whether an answer that is kept does not count */
  refresh?: boolean;
}

export interface SchemaGraphOptions {
  /** With how often each property is there; else false */
  includeDensity?: boolean;
  /** With the properties of users; else true */
  includeUserProperties?: boolean;
  /** Whether an answer that is kept does not count */
  refresh?: boolean;
}

export interface SegmentationOptions {
  /** First day, YYYY-MM-DD */
  fromDate: string;
  /** Last day, YYYY-MM-DD */
  toDate: string;
  /** Unit of time; else day */
  unit?: "day" | "week" | "month";
  /** Property to split by, or an expression */
  on?: string;
  /** Only events for which this expression is true */
  where?: string;
  /** Add a link to the report in Mixpanel */
  link?: boolean;
}

export interface FunnelOptions {
  /** First day, YYYY-MM-DD */
  fromDate: string;
  /** Last day, YYYY-MM-DD */
  toDate: string;
  /** Unit of time */
  unit?: string;
  /** Expression to split by */
  on?: string;
  /** Add a link to the report in Mixpanel */
  link?: boolean;
}

export interface RetentionOptions {
  /** Event that makes a user count */
  bornEvent: string;
  /** Event by which a user returns */
  returnEvent: string;
  /** First day, YYYY-MM-DD */
  fromDate: string;
  /** Last day, YYYY-MM-DD */
  toDate: string;
  /** Number of periods; else 10 */
  intervalCount?: number;
  /** Only first events for which this expression is true */
  bornWhere?: string;
  /** Only returns for which this expression is true */
  returnWhere?: string;
  /** Units in a period; else 1 */
  interval?: number;
  /** Unit of time; else day */
  unit?: "day" | "week" | "month";
}

export interface EventCountsOptions {
  /** First day, YYYY-MM-DD */
  fromDate: string;
  /** Last day, YYYY-MM-DD */
  toDate: string;
  /** How they are counted; else general */
  type?: "general" | "unique" | "average";
  /** Unit of time; else day */
  unit?: "day" | "week" | "month";
}

export interface PropertyCountsOptions {
  /** First day, YYYY-MM-DD */
  fromDate: string;
  /** Last day, YYYY-MM-DD */
  toDate: string;
  /** How they are counted; else general */
  type?: "general" | "unique" | "average";
  /** Unit of time; else day */
  unit?: "day" | "week" | "month";
  /** At most so many values; else 10 */
  limit?: number;
}

export interface ActivityFeedOptions {
  /** Only events of this name */
  includeEvents?: Array<string>;
  /** No events of this name */
  excludeEvents?: Array<string>;
  /** First day, YYYY-MM-DD */
  fromDate?: string;
  /** Last day, YYYY-MM-DD */
  toDate?: string;
  /** At most so many events */
  limit?: number;
  /** Days to look at in one page */
  pagingWindow?: number;
  /** Where the former page ended, as it was answered */
  sentinelEvent?: Record<string, any>;
  /** Only events that hold this text */
  search?: string;
  /** With custom events */
  useCustomEvents?: boolean;
}

export interface QuerySavedReportOptions {
  /** Add a link to the report in Mixpanel */
  link?: boolean;
}

export interface QuerySavedFlowsOptions {
  /** Add a link to the report in Mixpanel */
  link?: boolean;
}

export interface FrequencyOptions {
  /** First day, YYYY-MM-DD */
  fromDate: string;
  /** Last day, YYYY-MM-DD */
  toDate: string;
  /** Unit of time; else day */
  unit?: "day" | "week" | "month";
  /** Time that counts once; else hour */
  addictionUnit?: "hour" | "day";
  /** Only this event */
  event?: string;
  /** Only events for which this expression is true */
  where?: string;
}

export interface SegmentationNumericOptions {
  /** First day, YYYY-MM-DD */
  fromDate: string;
  /** Last day, YYYY-MM-DD */
  toDate: string;
  /** Numeric property, or an expression */
  on: string;
  /** Unit of time; else day */
  unit?: "hour" | "day";
  /** How they are counted; else general */
  type?: "general" | "unique" | "average";
  /** Only events for which this expression is true */
  where?: string;
}

export interface SegmentationSumOptions {
  /** First day, YYYY-MM-DD */
  fromDate: string;
  /** Last day, YYYY-MM-DD */
  toDate: string;
  /** Numeric property, or an expression */
  on: string;
  /** Unit of time; else day */
  unit?: "hour" | "day";
  /** Only events for which this expression is true */
  where?: string;
}

export interface SegmentationAverageOptions {
  /** First day, YYYY-MM-DD */
  fromDate: string;
  /** Last day, YYYY-MM-DD */
  toDate: string;
  /** Numeric property, or an expression */
  on: string;
  /** Unit of time; else day */
  unit?: "hour" | "day";
  /** Only events for which this expression is true */
  where?: string;
}

export interface QueryOptions {
  /** How events given by name are measured; else total */
  math?: "total" | "unique" | "dau" | "wau" | "mau" | "cumulative_unique" | "sessions" | "average" | "median" | "min" | "max" | "p25" | "p75" | "p90" | "p99" | "percentile" | "histogram" | "unique_values" | "most_frequent" | "first_value" | "multi_attribution" | "numeric_summary";
  /** The property that is measured */
  mathProperty?: string;
  /** How it is taken per user first */
  perUser?: "total" | "average" | "min" | "max" | "unique_values";
  /** Which percentile, for percentile */
  percentileValue?: number;
  /** A formula over the list: B/A*100 */
  formula?: string;
  /** Name of the formula */
  formulaLabel?: string;
  /** Rolling average over so many periods */
  rolling?: number;
  /** Add the periods up; else false */
  cumulative?: boolean;
  /** What is shown; else timeseries */
  mode?: "timeseries" | "total" | "table";
  /** Length of a time bucket; else day */
  unit?: "hour" | "day" | "week" | "month" | "quarter";
  /** What to break down by */
  groupBy?: AskBreakdown | Array<AskBreakdown>;
  /** Filters, all of which must pass */
  where?: AskFilter | Array<AskFilter>;
  /** First day */
  fromDate?: string;
  /** Last day; today when only from_date is given */
  toDate?: string;
  /** The last so many days; not with dates; else 30 */
  last?: number;
  /** A period to compare with */
  timeComparison?: AskTimeComparison;
  /** Most segments, 1 to 50000; else 3000 */
  limit?: number;
  /** Data group that is counted, in place of users */
  dataGroupId?: number;
  /** Workspace of the query, in place of the session's */
  workspaceId?: number;
  /** A whole body, sent as it is, in place of the other arguments */
  params?: Record<string, any>;
  /** Whether the answer has a link to the same report */
  link?: boolean;
}

export interface BuildParamsOptions {
  /** How events given by name are measured; else total */
  math?: "total" | "unique" | "dau" | "wau" | "mau" | "cumulative_unique" | "sessions" | "average" | "median" | "min" | "max" | "p25" | "p75" | "p90" | "p99" | "percentile" | "histogram" | "unique_values" | "most_frequent" | "first_value" | "multi_attribution" | "numeric_summary";
  /** The property that is measured */
  mathProperty?: string;
  /** How it is taken per user first */
  perUser?: "total" | "average" | "min" | "max" | "unique_values";
  /** Which percentile, for percentile */
  percentileValue?: number;
  /** A formula over the list: B/A*100 */
  formula?: string;
  /** Name of the formula */
  formulaLabel?: string;
  /** Rolling average over so many periods */
  rolling?: number;
  /** Add the periods up; else false */
  cumulative?: boolean;
  /** What is shown; else timeseries */
  mode?: "timeseries" | "total" | "table";
  /** Length of a time bucket; else day */
  unit?: "hour" | "day" | "week" | "month" | "quarter";
  /** What to break down by */
  groupBy?: AskBreakdown | Array<AskBreakdown>;
  /** Filters, all of which must pass */
  where?: AskFilter | Array<AskFilter>;
  /** First day */
  fromDate?: string;
  /** Last day; today when only from_date is given */
  toDate?: string;
  /** The last so many days; not with dates; else 30 */
  last?: number;
  /** A period to compare with */
  timeComparison?: AskTimeComparison;
  /** Most segments, 1 to 50000; else 3000 */
  limit?: number;
  /** Data group that is counted, in place of users */
  dataGroupId?: number;
  /** Workspace of the query, in place of the session's */
  workspaceId?: number;
  /** A whole body, sent as it is, in place of the other arguments */
  params?: Record<string, any>;
}

export interface QueryFunnelOptions {
  /** How it is measured; else conversion_rate_unique */
  math?: "conversion_rate_unique" | "conversion_rate_total" | "conversion_rate_session" | "unique" | "total" | "average" | "median" | "min" | "max" | "p25" | "p75" | "p90" | "p99" | "histogram";
  /** The property that is measured */
  mathProperty?: string;
  /** What is shown; else steps */
  mode?: "steps" | "trends" | "table";
  /** Length of a time bucket; else day */
  unit?: "hour" | "day" | "week" | "month" | "quarter";
  /** What to break down by */
  groupBy?: AskBreakdown | Array<AskBreakdown>;
  /** Filters, all of which must pass */
  where?: AskFilter | Array<AskFilter>;
  /** How long a user may take for all steps; else 14 */
  conversionWindow?: number;
  /** Unit of it; else day */
  conversionWindowUnit?: "second" | "minute" | "hour" | "day" | "week" | "month" | "session";
  /** Whether the order of steps counts; else loose */
  order?: "loose" | "any";
  /** Events that take a user out */
  exclusions?: Array<AskExclusionOrName>;
  /** Properties that must stay the same; 3 at most */
  holdingConstant?: AskHeldPropertyOrName | Array<AskHeldPropertyOrName>;
  /** How a user may begin again */
  reentryMode?: "default" | "basic" | "aggressive" | "optimized";
  /** First day */
  fromDate?: string;
  /** Last day; today when only from_date is given */
  toDate?: string;
  /** The last so many days; not with dates; else 30 */
  last?: number;
  /** A period to compare with */
  timeComparison?: AskTimeComparison;
  /** Most segments, 1 to 50000; else 3000 */
  limit?: number;
  /** Data group that is counted, in place of users */
  dataGroupId?: number;
  /** Workspace of the query, in place of the session's */
  workspaceId?: number;
  /** A whole body, sent as it is, in place of the other arguments */
  params?: Record<string, any>;
  /** Whether the answer has a link to the same report */
  link?: boolean;
}

export interface BuildFunnelParamsOptions {
  /** How it is measured; else conversion_rate_unique */
  math?: "conversion_rate_unique" | "conversion_rate_total" | "conversion_rate_session" | "unique" | "total" | "average" | "median" | "min" | "max" | "p25" | "p75" | "p90" | "p99" | "histogram";
  /** The property that is measured */
  mathProperty?: string;
  /** What is shown; else steps */
  mode?: "steps" | "trends" | "table";
  /** Length of a time bucket; else day */
  unit?: "hour" | "day" | "week" | "month" | "quarter";
  /** What to break down by */
  groupBy?: AskBreakdown | Array<AskBreakdown>;
  /** Filters, all of which must pass */
  where?: AskFilter | Array<AskFilter>;
  /** How long a user may take for all steps; else 14 */
  conversionWindow?: number;
  /** Unit of it; else day */
  conversionWindowUnit?: "second" | "minute" | "hour" | "day" | "week" | "month" | "session";
  /** Whether the order of steps counts; else loose */
  order?: "loose" | "any";
  /** Events that take a user out */
  exclusions?: Array<AskExclusionOrName>;
  /** Properties that must stay the same; 3 at most */
  holdingConstant?: AskHeldPropertyOrName | Array<AskHeldPropertyOrName>;
  /** How a user may begin again */
  reentryMode?: "default" | "basic" | "aggressive" | "optimized";
  /** First day */
  fromDate?: string;
  /** Last day; today when only from_date is given */
  toDate?: string;
  /** The last so many days; not with dates; else 30 */
  last?: number;
  /** A period to compare with */
  timeComparison?: AskTimeComparison;
  /** Most segments, 1 to 50000; else 3000 */
  limit?: number;
  /** Data group that is counted, in place of users */
  dataGroupId?: number;
  /** Workspace of the query, in place of the session's */
  workspaceId?: number;
  /** A whole body, sent as it is, in place of the other arguments */
  params?: Record<string, any>;
}

export interface QueryRetentionOptions {
  /** How it is measured; else retention_rate */
  math?: "retention_rate" | "unique" | "total" | "average";
  /** Add the buckets up; else false */
  retentionCumulative?: boolean;
  /** What is shown; else curve */
  mode?: "curve" | "trends" | "table";
  /** Length of a time bucket; else day */
  unit?: "day" | "week" | "month";
  /** What to break down by */
  groupBy?: AskBreakdown | Array<AskBreakdown>;
  /** Filters, all of which must pass */
  where?: AskFilter | Array<AskFilter>;
  /** Length of a bucket; else week */
  retentionUnit?: "day" | "week" | "month";
  /** Where buckets begin; else birth */
  alignment?: "birth" | "interval_start";
  /** Ends of buckets, rising */
  bucketSizes?: Array<number>;
  /** How a return counts for other buckets */
  unboundedMode?: "none" | "carry_back" | "carry_forward" | "consecutive_forward";
  /** First day */
  fromDate?: string;
  /** Last day; today when only from_date is given */
  toDate?: string;
  /** The last so many days; not with dates; else 30 */
  last?: number;
  /** A period to compare with */
  timeComparison?: AskTimeComparison;
  /** Most segments, 1 to 50000; else 3000 */
  limit?: number;
  /** Data group that is counted, in place of users */
  dataGroupId?: number;
  /** Workspace of the query, in place of the session's */
  workspaceId?: number;
  /** A whole body, sent as it is, in place of the other arguments */
  params?: Record<string, any>;
  /** Whether the answer has a link to the same report */
  link?: boolean;
}

export interface BuildRetentionParamsOptions {
  /** How it is measured; else retention_rate */
  math?: "retention_rate" | "unique" | "total" | "average";
  /** Add the buckets up; else false */
  retentionCumulative?: boolean;
  /** What is shown; else curve */
  mode?: "curve" | "trends" | "table";
  /** Length of a time bucket; else day */
  unit?: "day" | "week" | "month";
  /** What to break down by */
  groupBy?: AskBreakdown | Array<AskBreakdown>;
  /** Filters, all of which must pass */
  where?: AskFilter | Array<AskFilter>;
  /** Length of a bucket; else week */
  retentionUnit?: "day" | "week" | "month";
  /** Where buckets begin; else birth */
  alignment?: "birth" | "interval_start";
  /** Ends of buckets, rising */
  bucketSizes?: Array<number>;
  /** How a return counts for other buckets */
  unboundedMode?: "none" | "carry_back" | "carry_forward" | "consecutive_forward";
  /** First day */
  fromDate?: string;
  /** Last day; today when only from_date is given */
  toDate?: string;
  /** The last so many days; not with dates; else 30 */
  last?: number;
  /** A period to compare with */
  timeComparison?: AskTimeComparison;
  /** Most segments, 1 to 50000; else 3000 */
  limit?: number;
  /** Data group that is counted, in place of users */
  dataGroupId?: number;
  /** Workspace of the query, in place of the session's */
  workspaceId?: number;
  /** A whole body, sent as it is, in place of the other arguments */
  params?: Record<string, any>;
}

export interface QueryFlowOptions {
  /** Steps after an event, 0 to 5; else 3 */
  forward?: number;
  /** Steps before an event, 0 to 5; else 0 */
  reverse?: number;
  /** What is counted; else unique */
  countType?: "unique" | "total" | "session";
  /** Nodes per step, 1 to 50; else 3 */
  cardinality?: number;
  /** How long a user may take; else 7 */
  conversionWindow?: number;
  /** Unit of it; else day */
  conversionWindowUnit?: "day" | "week" | "month" | "session";
  /** Show repeated events as one; else false */
  collapseRepeated?: boolean;
  /** Events that are not shown */
  hiddenEvents?: Array<string>;
  /** Events that end a flow */
  exclusions?: Array<string>;
  /** What is shown; else sankey */
  mode?: "sankey" | "paths" | "tree";
  /** Filters, all of which must pass; one cohort at most */
  where?: AskFlowFilter | Array<AskFlowFilter>;
  /** What to break down by */
  segments?: AskBreakdown | Array<AskBreakdown>;
  /** First day */
  fromDate?: string;
  /** Last day; today when only from_date is given */
  toDate?: string;
  /** The last so many days; not with dates; else 30 */
  last?: number;
  /** Data group that is counted, in place of users */
  dataGroupId?: number;
  /** Workspace of the query, in place of the session's */
  workspaceId?: number;
  /** A whole body, sent as it is, in place of the other arguments */
  params?: Record<string, any>;
  /** Whether the answer has a link to the same report */
  link?: boolean;
}

export interface BuildFlowParamsOptions {
  /** Steps after an event, 0 to 5; else 3 */
  forward?: number;
  /** Steps before an event, 0 to 5; else 0 */
  reverse?: number;
  /** What is counted; else unique */
  countType?: "unique" | "total" | "session";
  /** Nodes per step, 1 to 50; else 3 */
  cardinality?: number;
  /** How long a user may take; else 7 */
  conversionWindow?: number;
  /** Unit of it; else day */
  conversionWindowUnit?: "day" | "week" | "month" | "session";
  /** Show repeated events as one; else false */
  collapseRepeated?: boolean;
  /** Events that are not shown */
  hiddenEvents?: Array<string>;
  /** Events that end a flow */
  exclusions?: Array<string>;
  /** What is shown; else sankey */
  mode?: "sankey" | "paths" | "tree";
  /** Filters, all of which must pass; one cohort at most */
  where?: AskFlowFilter | Array<AskFlowFilter>;
  /** What to break down by */
  segments?: AskBreakdown | Array<AskBreakdown>;
  /** First day */
  fromDate?: string;
  /** Last day; today when only from_date is given */
  toDate?: string;
  /** The last so many days; not with dates; else 30 */
  last?: number;
  /** Data group that is counted, in place of users */
  dataGroupId?: number;
  /** Workspace of the query, in place of the session's */
  workspaceId?: number;
  /** A whole body, sent as it is, in place of the other arguments */
  params?: Record<string, any>;
}

export interface QueryUserOptions {
  /** Profiles, or an aggregate of them; else aggregate */
  mode?: "aggregate" | "profiles";
  /** Which profiles */
  where?: AskUsersWhere;
  /** A cohort that they are in */
  cohort?: AskCohort;
  /** Users without a profile, too; else false */
  includeAllUsers?: boolean;
  /** Group whose profiles are meant */
  groupId?: string;
  /** Properties that are returned */
  properties?: Array<string>;
  /** Property to sort by */
  sortBy?: string;
  /** Order of sorting: descending or ascending; else descending */
  sortOrder?: string;
  /** Words to search profiles for */
  search?: string;
  /** One user */
  distinctId?: string;
  /** Several users */
  distinctIds?: Array<string>;
  /** Profiles as they were then */
  asOf?: string | number;
  /** Most profiles; null for all; else 1 */
  limit?: number;
  /** Fetch pages at once; else false */
  parallel?: boolean;
  /** Pages at once, 1 to 5; else 5 */
  workers?: number;
  /** What is computed; else count */
  aggregate?: "count" | "extremes" | "percentile" | "numeric_summary";
  /** The property that it is computed of */
  aggregateProperty?: string;
  /** Which percentile, between 0 and 100 */
  percentile?: number;
  /** Ids of cohorts to break down by */
  segmentBy?: Array<number>;
  /** A whole body, sent as it is, in place of the other arguments */
  params?: Record<string, any>;
}

export interface BuildUserParamsOptions {
  /** Profiles, or an aggregate of them; else aggregate */
  mode?: "aggregate" | "profiles";
  /** Which profiles */
  where?: AskUsersWhere;
  /** A cohort that they are in */
  cohort?: AskCohort;
  /** Users without a profile, too; else false */
  includeAllUsers?: boolean;
  /** Group whose profiles are meant */
  groupId?: string;
  /** Properties that are returned */
  properties?: Array<string>;
  /** Property to sort by */
  sortBy?: string;
  /** Order of sorting: descending or ascending; else descending */
  sortOrder?: string;
  /** Words to search profiles for */
  search?: string;
  /** One user */
  distinctId?: string;
  /** Several users */
  distinctIds?: Array<string>;
  /** Profiles as they were then */
  asOf?: string | number;
  /** Most profiles; null for all; else 1 */
  limit?: number;
  /** Fetch pages at once; else false */
  parallel?: boolean;
  /** Pages at once, 1 to 5; else 5 */
  workers?: number;
  /** What is computed; else count */
  aggregate?: "count" | "extremes" | "percentile" | "numeric_summary";
  /** The property that it is computed of */
  aggregateProperty?: string;
  /** Which percentile, between 0 and 100 */
  percentile?: number;
  /** Ids of cohorts to break down by */
  segmentBy?: Array<number>;
  /** A whole body, sent as it is, in place of the other arguments */
  params?: Record<string, any>;
}

export interface StreamEventsOptions {
  /** First day: 2025-01-31, yesterday, -7d, 2025-W05, 2025-01, last-month */
  fromDate: string;
  /** Only events of this name; may be given more than once */
  events?: Array<string>;
  /** Last day, in the same words; yesterday if it is left out */
  toDate?: string;
  /** Only events for which this expression is true */
  where?: string;
  /** At most so many events, 1 to 100000 */
  limit?: number;
  /** Lines as Mixpanel sends them, byte for byte */
  raw?: boolean;
  /** Show event_time in this time zone: Europe/Berlin, project, utc */
  timezone?: string;
  /** Times are stored in this zone: utc, or project for one before 2023 */
  storedIn?: string;
  /** Lines that are no events: fail (default), skip, or pass (after U+001E) */
  onBadLine?: "fail" | "skip" | "pass";
  /** Refuse lines that would have to be mended */
  strict?: boolean;
}

export interface StreamProfilesOptions {
  /** Only this property; may be given more than once */
  outputProperties?: Array<string>;
  /** Only profiles for which this expression is true */
  where?: string;
  /** Only profiles whose $last_seen is since this day */
  since?: string;
  /** Only members of this cohort */
  cohortId?: string;
  /** Only the profile of this id */
  distinctId?: string;
  /** Only this id; may be given more than once */
  distinctIds?: Array<string>;
  /** Group profiles of this data group in place of users */
  groupId?: string;
  /** Behaviors that --where refers to, a JSON list */
  behaviors?: any;
  /** Profiles as of this time, in Unix seconds */
  asOfTimestamp?: number;
  /** With a cohort: members that have no profile, too */
  includeAllUsers?: boolean;
  /** At most so many profiles */
  limit?: number;
  /** So many profiles a request; fewer requests are fewer of the hour's */
  pageSize?: number;
  /** Profiles as Mixpanel sends them */
  raw?: boolean;
  /** Lines that are no events: fail (default), skip, or pass (after U+001E) */
  onBadLine?: "fail" | "skip" | "pass";
  /** Refuse lines that would have to be mended */
  strict?: boolean;
}

export interface BlueprintFinishParams {
  /** Id of the dashboard */
  dashboardId: number;
  /** The cards, as a JSON list of objects */
  cards: Array<BlueprintCard>;
}

export interface ListBlueprintTemplatesOptions {
  /** With their reports */
  includeReports?: boolean;
}

export interface CreateDashboardParams {
  /** Its title */
  title: string;
  /** Whether only you see it */
  isPrivate?: boolean;
  /** Whether only you change it */
  isRestricted?: boolean;
  /** What it is about */
  description?: string;
  /** Id of the dashboard to copy */
  duplicate?: number;
}

export interface ListDashboardsOptions {
  /** Only these ids, separated by commas */
  ids?: Array<number>;
}

export interface CreateRcaDashboardParams {
  /** Id of what to explain */
  rcaSourceId: number;
  /** What to explain, as a JSON object */
  rcaSourceData: RcaSourceData;
}

export interface UpdateDashboardParams {
  /** Whether only you see it */
  isPrivate?: boolean;
  /** Whether only you change it */
  isRestricted?: boolean;
  /** Its title */
  title?: string;
  /** What it is about */
  description?: string;
}

export interface UpdateReportLinkParams {
  /** Type of the link */
  linkType: string;
}

export interface UpdateTextCardParams {
  /** Its text, as Markdown */
  markdown?: string;
}

export interface CreateBookmarkParams {
  /** Type of the report */
  bookmarkType: "insights" | "funnels" | "retention" | "flows" | "user";
  /** Its name */
  name: string;
  /** Its parameters, as a JSON object */
  params: Record<string, any>;
  /** Id of the dashboard */
  dashboardId: number;
  /** What it is about */
  description?: string;
}

export interface GetBookmarkHistoryOptions {
  /** Where the page begins, from the page before */
  cursor?: string;
  /** Entries of a page */
  pageSize?: number;
}

export interface CreateReportLinkOptions {
  /** Type of the report; else insights */
  reportType?: "insights" | "funnels" | "retention" | "flows";
  /** File with the parameters, as JSON */
  paramsFile?: Record<string, any>;
  /** Its name */
  name?: string;
  /** What it is about */
  description?: string;
  /** Workspace of the link */
  workspaceId?: number;
  /** Id of the saved report it comes from */
  bookmarkId?: number;
  /** Leave it to Mixpanel to check the parameters */
  noValidate?: boolean;
}

export interface ListBookmarksV2Options {
  /** Only reports of this type */
  bookmarkType?: "insights" | "funnels" | "retention" | "flows" | "launch-analysis";
  /** Only these ids, separated by commas */
  ids?: Array<number>;
}

export interface ResolveReportLinkOptions {
  /** Run it and print the result */
  run?: boolean;
  /** How flows are drawn */
  mode?: "sankey" | "paths" | "tree";
}

export interface QueryReportLinkOptions {
  /** How flows are drawn */
  mode?: "sankey" | "paths" | "tree";
}

export interface UpdateBookmarkParams {
  /** Its name */
  name?: string;
  /** Its parameters, as a JSON object */
  params?: Record<string, any>;
  /** What it is about */
  description?: string;
}

export interface CreateMetricParams {
  /** File with the definition, as JSON; - for standard input */
  definition: Record<string, any>;
  /** Its name */
  name: string;
  /** Id of the user who owns it */
  ownedBy?: number;
  /** Kind of metric */
  kind?: "metric" | "formula" | "warehouse";
  /** Id of the warehouse source */
  warehouseSourceId?: number;
  /** What it is about */
  description?: string;
  /** Whether it is verified */
  verified?: boolean;
  /** Leave it to Mixpanel to check the definition */
  noValidate?: boolean;
}

export interface DeleteMetricsOptions {
  /** Also those that the account may not edit */
  force?: boolean;
}

export interface DeleteMetricOptions {
  /** Also those that the account may not edit */
  force?: boolean;
}

export interface ListMetricsOptions {
  /** Only metrics of this type */
  metricType?: string;
  /** Only those that are verified, or are not */
  verified?: boolean;
  /** Only with this in their name, in any case */
  nameContains?: string;
  /** Only those the account may see */
  viewableOnly?: boolean;
}

export interface QueryMetricOptions {
  /** First day, YYYY-MM-DD */
  fromDate?: string;
  /** Last day, YYYY-MM-DD */
  toDate?: string;
  /** Days up to today; else 30 */
  last?: number;
  /** Unit of time; else day */
  unit?: "hour" | "day" | "week" | "month" | "quarter";
  /** Property to group by */
  groupBy?: string;
}

export interface UpdateMetricParams {
  /** File with the definition, as JSON; - for standard input */
  definition?: Record<string, any>;
  /** Id of the user who owns it */
  ownedBy?: number;
  /** Its name */
  name?: string;
  /** What it is about */
  description?: string;
  /** Kind of metric */
  kind?: "metric" | "formula" | "warehouse";
  /** Id of the warehouse source */
  warehouseSourceId?: number;
  /** Whether it is verified */
  verified?: boolean;
  /** Leave it to Mixpanel to check the definition */
  noValidate?: boolean;
}

export interface VerifyMetricsOptions {
  /** Clear the mark instead */
  unverify?: boolean;
}

export interface CreateBehaviorParams {
  /** File with the definition, as JSON; - for standard input */
  behavior: Record<string, any>;
  /** Its name */
  name: string;
  /** What it is about */
  description?: string;
  /** Leave it to Mixpanel to check the definition */
  noValidate?: boolean;
}

export interface DeleteBehaviorsOptions {
  /** Also those that the account may not edit */
  force?: boolean;
}

export interface DeleteBehaviorOptions {
  /** Also those that the account may not edit */
  force?: boolean;
}

export interface ListBehaviorsOptions {
  /** Only behaviors of this type */
  behaviorType?: string;
  /** Only with this in their name, in any case */
  nameContains?: string;
}

export interface UpdateBehaviorParams {
  /** File with the definition, as JSON; - for standard input */
  behavior?: Record<string, any>;
  /** Its name */
  name?: string;
  /** What it is about */
  description?: string;
  /** Whether it is verified */
  verified?: boolean;
  /** Leave it to Mixpanel to check the definition */
  noValidate?: boolean;
}

export interface CreateCohortParams {
  /** Its name */
  name: string;
  /** What it is about */
  description?: string;
  /** Id of the data group */
  dataGroupId?: string;
  /** Its definition, as a JSON object */
  definition?: Record<string, any>;
}

export interface ListCohortsFullOptions {
  /** Only cohorts of this data group */
  dataGroupId?: string;
  /** Only these ids, separated by commas */
  ids?: Array<number>;
}

export interface UpdateCohortParams {
  /** Its name */
  name?: string;
  /** What it is about */
  description?: string;
  /** Its definition, as a JSON object */
  definition?: Record<string, any>;
}

export interface GetAlertCountOptions {
  /** Only alerts of this type */
  alertType?: string;
}

export interface CreateAlertParams {
  /** Id of the report it watches */
  bookmarkId: number;
  /** Its name */
  name: string;
  /** When it fires, as JSON */
  condition: Record<string, any>;
  /** Seconds between two checks */
  frequency: number;
  /** Whether it rests; else false */
  paused?: boolean;
  /** Who is told, as a JSON list; else [] */
  subscriptions?: Array<Record<string, any>>;
  /** When may be told, as a JSON object */
  notificationWindows?: Record<string, any>;
}

export interface GetAlertHistoryOptions {
  /** Where the page begins, from the page before */
  nextCursor?: string;
  /** Entries of a page */
  pageSize?: number;
}

export interface ListAlertsOptions {
  /** Only alerts of this report */
  bookmarkId?: number;
  /** Also those of other users */
  skipUserFilter?: boolean;
}

export interface TestAlertParams {
  /** Id of the report it watches */
  bookmarkId: number;
  /** Its name */
  name: string;
  /** When it fires, as JSON */
  condition: Record<string, any>;
  /** Seconds between two checks */
  frequency: number;
  /** Who is told, as a JSON list; else [] */
  subscriptions?: Array<Record<string, any>>;
}

export interface UpdateAlertParams {
  /** Its name */
  name?: string;
  /** Id of the report it watches */
  bookmarkId?: number;
  /** When it fires, as JSON */
  condition?: Record<string, any>;
  /** Seconds between two checks */
  frequency?: number;
  /** Whether it rests */
  paused?: boolean;
  /** Who is told, as a JSON list */
  subscriptions?: Array<Record<string, any>>;
  /** When may be told, as a JSON object */
  notificationWindows?: Record<string, any>;
}

export interface ValidateAlertsForBookmarkParams {
  /** Ids of alerts, separated by commas */
  alertIds: Array<number>;
  /** Type of the report */
  bookmarkType: "insights" | "funnels";
  /** Parameters of the report, as JSON */
  bookmarkParams: Record<string, any>;
}

export interface CreateAnnotationParams {
  /** When, such as 2025-01-31 or 2025-01-31 12:00:00 */
  date: string;
  /** What happened */
  description: string;
  /** Ids of tags, separated by commas */
  tags?: Array<number>;
  /** Id of the user it is from */
  userId?: number;
}

export interface ListAnnotationsOptions {
  /** Only from this day on */
  fromDate?: string;
  /** Only up to this day */
  toDate?: string;
  /** Only with one of these tags, ids separated by commas */
  tags?: Array<number>;
}

export interface CreateAnnotationTagParams {
  /** Its name */
  name: string;
}

export interface UpdateAnnotationParams {
  /** What it is about */
  description?: string;
  /** Ids of tags, separated by commas */
  tags?: Array<number>;
}

export interface CreateFeatureFlagParams {
  /** Its name */
  name: string;
  /** Key that programs ask for */
  key: string;
  /** What it is about */
  description?: string;
  /** Status */
  status?: "enabled" | "disabled" | "archived";
  /** Tags, separated by commas */
  tags?: Array<string>;
  /** Where it is decided; else client */
  servingMethod?: "client" | "server" | "remote_or_local" | "remote_only";
  /** Who gets which variant, as a JSON object */
  ruleset?: Record<string, any>;
}

export interface GetFlagHistoryOptions {
  /** Which page */
  page?: string;
  /** Entries of a page */
  pageSize?: number;
}

export interface ListFeatureFlagsOptions {
  /** Also archived ones */
  includeArchived?: boolean;
}

export interface SetTestUsersParams {
  /** Variants by user, as a JSON object */
  users: Record<string, string>;
}

export interface UpdateFeatureFlagParams {
  /** Its name */
  name: string;
  /** Key that programs ask for */
  key: string;
  /** Status */
  status: "enabled" | "disabled" | "archived";
  /** Who gets which variant, as a JSON object */
  ruleset: Record<string, any>;
  /** What it is about */
  description?: string;
  /** Tags, separated by commas */
  tags?: Array<string>;
  /** What tells users apart; else distinct_id */
  context?: string;
  /** Where it is decided; else client */
  servingMethod?: "client" | "server" | "remote_or_local" | "remote_only";
}

export interface ConcludeExperimentOptions {
  /** Day it ended */
  endDate?: string;
}

export interface CreateExperimentParams {
  /** Its name */
  name: string;
  /** What it is about */
  description?: string;
  /** What it is to show */
  hypothesis?: string;
  /** Settings, as a JSON object */
  settings?: Record<string, any>;
}

export interface ExperimentDecideParams {
  /** Whether it succeeded */
  success: boolean;
  /** Variant that won */
  variant?: string;
  /** Why */
  message?: string;
}

export interface DuplicateExperimentParams {
  /** Its name */
  name: string;
}

export interface ListExperimentsOptions {
  /** Also archived ones */
  includeArchived?: boolean;
}

export interface UpdateExperimentParams {
  /** Its name */
  name?: string;
  /** What it is about */
  description?: string;
  /** What it is to show */
  hypothesis?: string;
  /** Variants, as JSON */
  variants?: any;
  /** Metrics, as JSON */
  metrics?: any;
  /** Settings, as a JSON object */
  settings?: Record<string, any>;
  /** Tags, separated by commas */
  tags?: Array<string>;
}

export interface EventsForReplayOptions {
  /** Properties to show, separated by commas */
  eventProperties?: Array<string>;
  /** First day, YYYY-MM-DD */
  fromDate?: string;
  /** Last day, YYYY-MM-DD */
  toDate?: string;
}

export interface FetchReplayOptions {
  /** With the tracked events */
  includeMixpanelEvents?: boolean;
  /** Which recordings; else prod */
  env?: "prod" | "dev";
  /** At most so many files; else 500 */
  maxFiles?: number;
}

export interface ReplaysForUserOptions {
  /** First day, YYYY-MM-DD */
  fromDate: string;
  /** Last day, YYYY-MM-DD */
  toDate: string;
  /** With the tracked events; else true */
  includeMixpanelEvents?: boolean;
  /** Only this of all that is told */
  include?: Array<"summary" | "analyze">;
  /** At most so many; else 100 */
  limit?: number;
}

export interface ListReplaysOptions {
  /** Distinct id of the user */
  distinctId?: string;
  /** Id of a recording */
  replayIds?: Array<string>;
  /** First day, YYYY-MM-DD */
  fromDate?: string;
  /** Last day, YYYY-MM-DD */
  toDate?: string;
  /** At most so many; else 100 */
  limit?: number;
}

export interface SignReplaysOptions {
  /** Which recordings; else prod */
  env?: "prod" | "dev";
  /** Show the secret part of the URLs, too */
  revealSignedUrls?: boolean;
}

export interface ListDataVolumeAnomaliesOptions {
  /** Only with this status */
  status?: string;
  /** At most so many */
  limit?: number;
}

export interface UpdateAnomalyParams {
  /** Id of the anomaly */
  id: number;
  /** Status */
  status: string;
  /** Class of the anomaly */
  anomalyClass: string;
}

export interface RunAuditOptions {
  /** Only events */
  eventsOnly?: boolean;
}

export interface CreateDeletionRequestParams {
  /** Name of the event */
  eventName: string;
  /** First day, YYYY-MM-DD */
  fromDate: string;
  /** Last day, YYYY-MM-DD */
  toDate: string;
  /** Which of them, as a JSON object */
  filters?: Record<string, any>;
}

export interface PreviewDeletionFiltersParams {
  /** Name of the event */
  eventName: string;
  /** First day, YYYY-MM-DD */
  fromDate: string;
  /** Last day, YYYY-MM-DD */
  toDate: string;
  /** Which of them, as a JSON object */
  filters?: Record<string, any>;
}

export interface GetSchemaEnforcementOptions {
  /** Only these fields, separated by commas */
  fields?: string;
}

export interface InitSchemaEnforcementParams {
  /** What happens to what does not fit */
  ruleEvent: string;
}

export interface GetEventDefinitionsOptions {
  /** Names, separated by commas */
  names: Array<string>;
}

export interface UpdateEventDefinitionParams {
  /** Whether it is hidden */
  hidden?: boolean;
  /** Whether it is dropped */
  dropped?: boolean;
  /** Whether it is verified */
  verified?: boolean;
  /** Name that people see */
  displayName?: string;
  /** What it is about */
  description?: string;
  /** Tags, separated by commas */
  tags?: Array<string>;
}

export interface ExportLexiconOptions {
  /** What to export, separated by commas; else ["All Events and Properties","All User Profile Properties"] */
  exportTypes?: Array<string>;
}

export interface GetPropertyDefinitionsOptions {
  /** Names, separated by commas */
  names: Array<string>;
  /** What has it: Event or User */
  resourceType?: string;
}

export interface UpdatePropertyDefinitionParams {
  /** Whether it is hidden */
  hidden?: boolean;
  /** Whether it is dropped */
  dropped?: boolean;
  /** Whether it is sensitive */
  sensitive?: boolean;
  /** Name that people see */
  displayName?: string;
  /** What it is about */
  description?: string;
  /** An example */
  exampleValue?: string;
  /** What has it */
  resourceType?: "Event" | "User";
}

export interface CreateTagParams {
  /** Its name */
  name: string;
}

export interface UpdateTagParams {
  /** Its name */
  name: string;
}

export interface BulkCreateSchemasParams {
  /** Schemas, as a JSON list */
  entries: Array<SchemaEntryInput>;
  /** Delete all others first */
  truncate?: boolean;
  /** Kind of entity */
  entityType?: string;
}

export interface DeleteSchemasOptions {
  /** Kind of entity */
  entityType?: string;
  /** Name of the entity */
  entityName?: string;
}

export interface ListSchemaRegistryOptions {
  /** Kind of entity */
  entityType?: string;
}

export interface BulkUpdateSchemasParams {
  /** Schemas, as a JSON list */
  entries: Array<SchemaEntryInput>;
}

export interface CreateCustomEventParams {
  /** Event that counts as one */
  alternatives: Array<string>;
  /** Its name */
  name: string;
}

export interface DeleteCustomEventOptions {
  /** Its name, if the id is not known */
  name?: string;
}

export interface UpdateCustomEventParams {
  /** Its name, if the id is not known */
  name?: string;
  /** Whether it is hidden */
  hidden?: boolean;
  /** Whether it is dropped */
  dropped?: boolean;
  /** What it is about */
  description?: string;
  /** Whether it is verified */
  verified?: boolean;
}

export interface CreateCustomPropertyParams {
  /** Its name */
  name: string;
  /** What has it */
  resourceType: "events" | "people" | "group_profiles";
  /** Formula */
  displayFormula?: string;
  /** Inputs of the formula, as a JSON object by letter */
  composedProperties?: Record<string, ComposedPropertyValueInput>;
  /** Behavior it counts, as a JSON object */
  behavior?: Record<string, any>;
  /** What it is about */
  description?: string;
}

export interface UpdateCustomPropertyParams {
  /** Its name */
  name?: string;
  /** What it is about */
  description?: string;
  /** Formula */
  displayFormula?: string;
  /** Inputs of the formula, as a JSON object by letter */
  composedProperties?: Record<string, ComposedPropertyValueInput>;
  /** Whether it is locked */
  isLocked?: boolean;
  /** Whether it is shown */
  isVisible?: boolean;
}

export interface ValidateCustomPropertyParams {
  /** Its name */
  name: string;
  /** What has it */
  resourceType: "events" | "people" | "group_profiles";
  /** Formula */
  displayFormula?: string;
  /** Inputs of the formula, as a JSON object by letter */
  composedProperties?: Record<string, ComposedPropertyValueInput>;
  /** Behavior it counts, as a JSON object */
  behavior?: Record<string, any>;
}

export interface CreateDropFilterParams {
  /** Name of the event */
  eventName: string;
  /** Which events, as JSON */
  filters: any;
}

export interface UpdateDropFilterParams {
  /** Id of the drop filter */
  id: number;
  /** Name of the event */
  eventName?: string;
  /** Which events, as JSON */
  filters?: any;
  /** Whether it is active */
  active?: boolean;
}

export interface DownloadLookupTableOptions {
  /** Name of the file */
  fileName?: string;
  /** At most so many */
  limit?: number;
}

export interface ListLookupTablesOptions {
  /** Id of the lookup table's data group */
  dataGroupId?: number;
}

export interface MarkLookupTableReadyParams {
  /** Its name */
  name: string;
  /** Key that came with the URL of the upload */
  key: string;
  /** Id of the lookup table's data group */
  dataGroupId?: number;
}

export interface UpdateLookupTableParams {
  /** Its name */
  name: string;
}

export interface UploadLookupTableParams {
  /** Its name */
  name: string;
  /** Id of the lookup table's data group */
  dataGroupId?: number;
  /** Path of the file */
  filePath: string;
}

export interface ClearBusinessContextOptions {
  /** Whose context; else project */
  level?: "organization" | "project";
  /** Id of the organization, if not that of the project */
  organizationId?: number;
}

export interface GetBusinessContextOptions {
  /** Whose context; else project */
  level?: "organization" | "project";
  /** Id of the organization, if not that of the project */
  organizationId?: number;
}

export interface SetBusinessContextOptions {
  /** Whose context; else project */
  level?: "organization" | "project";
  /** Id of the organization, if not that of the project */
  organizationId?: number;
  /** File with the text */
  file?: string;
}

export interface CreateWebhookParams {
  /** Its name */
  name: string;
  /** Address that is called */
  url: string;
  /** How it is authenticated */
  authType?: "basic";
  /** Name for it */
  username?: string;
  /** Password for it; - for standard input */
  password?: string;
}

export interface WebhookTestParams {
  /** Address that is called */
  url: string;
  /** Its name */
  name?: string;
  /** How it is authenticated */
  authType?: "basic";
  /** Name for it */
  username?: string;
  /** Password for it; - for standard input */
  password?: string;
}

export interface UpdateWebhookParams {
  /** Whether it is active */
  isEnabled?: boolean;
  /** Its name */
  name?: string;
  /** Address that is called */
  url?: string;
  /** How it is authenticated */
  authType?: "basic";
  /** Name for it */
  username?: string;
  /** Password for it; - for standard input */
  password?: string;
}

/** Every operation of the catalog. */
export interface Operations {
  /** List event names, sorted. */
  events(options?: EventsOptions): Promise<Array<string>>;
  /** List the properties of an event, sorted. */
  properties(event: string, options?: PropertiesOptions): Promise<Array<string>>;
  /** List values of a property. */
  propertyValues(propertyName: string, options?: PropertyValuesOptions): Promise<Array<string>>;
  /** Infer the fields of a list-of-objects property from sampled values. */
  subproperties(propertyName: string, options?: SubpropertiesOptions): Promise<Array<SubPropertyInfo>>;
  /** List saved funnels, sorted by name. */
  funnels(options?: FunnelsOptions): Promise<Array<FunnelInfo>>;
  /** List saved cohorts, sorted by name. */
  cohorts(options?: CohortsOptions): Promise<Array<SavedCohort>>;
  /** List today's top events. */
  topEvents(options?: TopEventsOptions): Promise<Array<TopEvent>>;
  /** List saved reports briefly. */
  listBookmarks(bookmarkType?: string): Promise<Array<BookmarkInfo>>;
  /** List schemas briefly. */
  lexiconSchemas(options?: LexiconSchemasOptions): Promise<Array<LexiconSchemaInfo>>;
  /** Show one schema. */
  lexiconSchema(entityType: "event" | "profile", name: string, options?: LexiconSchemaOptions): Promise<LexiconSchema>;
  /** Gather events, properties and their relations. */
  schemaGraph(options?: SchemaGraphOptions): Promise<SchemaGraphResult>;
  /** Count an event over time, optionally split by a property. */
  segmentation(event: string, options: SegmentationOptions): Promise<SegmentationResult>;
  /** Run a saved funnel. */
  funnel(funnelId: number, options: FunnelOptions): Promise<FunnelResult>;
  /** Run a retention query. */
  retention(options: RetentionOptions): Promise<RetentionResult>;
  /** Count several events over time. */
  eventCounts(events: Array<string>, options: EventCountsOptions): Promise<EventCountsResult>;
  /** Count an event by property value over time. */
  propertyCounts(event: string, propertyName: string, options: PropertyCountsOptions): Promise<PropertyCountsResult>;
  /** Show the event stream of given users. */
  activityFeed(distinctIds: Array<string>, options?: ActivityFeedOptions): Promise<ActivityFeedResult>;
  /** Run a saved report. */
  querySavedReport(bookmarkId: number, options?: QuerySavedReportOptions): Promise<SavedReportResult>;
  /** Run a saved flows report. */
  querySavedFlows(bookmarkId: number, options?: QuerySavedFlowsOptions): Promise<FlowsResult>;
  /** Show how often users do something per period. */
  frequency(options: FrequencyOptions): Promise<FrequencyResult>;
  /** Count an event by buckets of a numeric property. */
  segmentationNumeric(event: string, options: SegmentationNumericOptions): Promise<NumericBucketResult>;
  /** Sum a numeric property over time. */
  segmentationSum(event: string, options: SegmentationSumOptions): Promise<NumericSumResult>;
  /** Average a numeric property over time. */
  segmentationAverage(event: string, options: SegmentationAverageOptions): Promise<NumericAverageResult>;
  /** Measure events over time or in total, by any property or formula. The answer has the parameters that were sent (params), the result,
   and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems of the
   arguments are told at once, each with a code, before anything is sent. */
  query(events?: AskMetric | Array<AskMetric>, options?: QueryOptions): Promise<Asked<QueryResult>>;
  /** Measure events over time or in total, by any property or formula. The answer has the parameters that were sent (params), the result,
   and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems of the
   arguments are told at once, each with a code, before anything is sent. */
  buildParams(events?: AskMetric | Array<AskMetric>, options?: BuildParamsOptions): Promise<Record<string, any>>;
  /** Count how many users go through steps, and where they are lost. The answer has the parameters that were sent (params), the result,
   and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems of the
   arguments are told at once, each with a code, before anything is sent. */
  queryFunnel(steps?: AskFunnelSteps, options?: QueryFunnelOptions): Promise<Asked<FunnelQueryResult>>;
  /** Count how many users go through steps, and where they are lost. The answer has the parameters that were sent (params), the result,
   and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems of the
   arguments are told at once, each with a code, before anything is sent. */
  buildFunnelParams(steps?: AskFunnelSteps, options?: BuildFunnelParamsOptions): Promise<Record<string, any>>;
  /** Count how many users come back, by when they came first. The answer has the parameters that were sent (params), the result, and the
   same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems of the arguments
   are told at once, each with a code, before anything is sent. */
  queryRetention(bornEvent?: AskBornEvent, returnEvent?: AskReturnEvent, options?: QueryRetentionOptions): Promise<Asked<RetentionQueryResult>>;
  /** Count how many users come back, by when they came first. The answer has the parameters that were sent (params), the result, and the
   same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems of the arguments
   are told at once, each with a code, before anything is sent. */
  buildRetentionParams(bornEvent?: AskBornEvent, returnEvent?: AskReturnEvent, options?: BuildRetentionParamsOptions): Promise<Record<string, any>>;
  /** Show which ways users take to and from an event. The answer has the parameters that were sent (params), the result, and the same as a
   table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems of the arguments are told at
   once, each with a code, before anything is sent. */
  queryFlow(event?: AskAnchorOrName | Array<AskAnchorOrName>, options?: QueryFlowOptions): Promise<Asked<FlowQueryResult>>;
  /** Show which ways users take to and from an event. The answer has the parameters that were sent (params), the result, and the same as a
   table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems of the arguments are told at
   once, each with a code, before anything is sent. */
  buildFlowParams(event?: AskAnchorOrName | Array<AskAnchorOrName>, options?: BuildFlowParamsOptions): Promise<Record<string, any>>;
  /** Count or list users by what they are and did. It counts unless mode is profiles, which lists one unless limit says how many (null:
   all). The answer has the parameters that were sent (params), the result, and the same as a table; dry_run returns the parameters alone.
   */
  queryUser(options?: QueryUserOptions): Promise<Asked<UserQueryResult>>;
  /** Count or list users by what they are and did. It counts unless mode is profiles, which lists one unless limit says how many (null:
   all). The answer has the parameters that were sent (params), the result, and the same as a table; dry_run returns the parameters alone.
   */
  buildUserParams(options?: BuildUserParamsOptions): Promise<Record<string, any>>;
  /** Export raw events of a range of days as JSON Lines. Days begin and end in the time zone of the project, and words such as yesterday
   mean days there. Times are as Mixpanel stores them: UTC for projects made since 2023. For older ones they are the local time of the
   project, though event_time says +00:00. */
  streamEvents(options: StreamEventsOptions): AsyncIterable<Record<string, any>>;
  /** Export user or group profiles as JSON Lines. $last_seen, by which --since selects, moves with updates of a profile. Edits in
   Mixpanel's own pages, updates with $ignore_time, events and deletions do not move it: export all profiles now and then. */
  streamProfiles(options?: StreamProfilesOptions): AsyncIterable<Record<string, any>>;
  /** Put a copy of a saved report on a dashboard. */
  addReportToDashboard(dashboardId: number, bookmarkId: number): Promise<Dashboard>;
  /** Set the cohorts that dashboards made from templates use. */
  updateBlueprintCohorts(cohorts: Array<Record<string, any>>): Promise<void>;
  /** Show the variables of a dashboard that was made from a template. */
  getBlueprintConfig(dashboardId: number): Promise<BlueprintConfig>;
  /** Create a dashboard from a template. */
  createBlueprint(templateType: string): Promise<Dashboard>;
  /** Fill a dashboard that was made from a template with cards. */
  finalizeBlueprint(params: BlueprintFinishParams): Promise<Dashboard>;
  /** List dashboard templates. */
  listBlueprintTemplates(options?: ListBlueprintTemplatesOptions): Promise<Array<BlueprintTemplate>>;
  /** Delete several dashboards in one call. It destroys. */
  bulkDeleteDashboards(ids: Array<number>): Promise<void>;
  /** Create a dashboard, optionally as a copy of another one. */
  createDashboard(params: CreateDashboardParams): Promise<Dashboard>;
  /** Delete one dashboard. It destroys. */
  deleteDashboard(dashboardId: number): Promise<void>;
  /** Show the experiment-review metrics of a dashboard. */
  getDashboardErf(dashboardId: number): Promise<any>;
  /** Mark a dashboard as favorite. */
  favoriteDashboard(dashboardId: number): Promise<void>;
  /** Show one dashboard. */
  getDashboard(dashboardId: number): Promise<Dashboard>;
  /** List the dashboards of the project or pinned workspace. */
  listDashboards(options?: ListDashboardsOptions): Promise<Array<Dashboard>>;
  /** Pin a dashboard. */
  pinDashboard(dashboardId: number): Promise<void>;
  /** Create a root-cause-analysis dashboard. */
  createRcaDashboard(params: CreateRcaDashboardParams): Promise<Dashboard>;
  /** Take a report off a dashboard. It destroys. */
  removeReportFromDashboard(dashboardId: number, bookmarkId: number): Promise<Dashboard>;
  /** Remove the favorite mark. */
  unfavoriteDashboard(dashboardId: number): Promise<void>;
  /** Unpin a dashboard. */
  unpinDashboard(dashboardId: number): Promise<void>;
  /** Change fields of a dashboard. */
  updateDashboard(dashboardId: number, params: UpdateDashboardParams): Promise<Dashboard>;
  /** Change the link type of a report on a dashboard. */
  updateReportLink(dashboardId: number, reportLinkId: number, params: UpdateReportLinkParams): Promise<void>;
  /** Change the text of a card on a dashboard. It may destroy: an empty text clears the card. */
  updateTextCard(dashboardId: number, textCardId: number, params: UpdateTextCardParams): Promise<void>;
  /** Delete several saved reports. It destroys. */
  bulkDeleteBookmarks(ids: Array<number>): Promise<void>;
  /** Change several saved reports in one call. */
  bulkUpdateBookmarks(entries: Array<BulkUpdateBookmarkEntry>): Promise<void>;
  /** Save a report and attach it to a dashboard. */
  createBookmark(params: CreateBookmarkParams): Promise<Bookmark>;
  /** List ids of dashboards that contain a report. */
  getBookmarkDashboardIds(bookmarkId: number): Promise<Array<any>>;
  /** Delete one saved report. It destroys. */
  deleteBookmark(bookmarkId: number): Promise<void>;
  /** Show one saved report. */
  getBookmark(bookmarkId: number): Promise<Bookmark>;
  /** Show one page of the change history of a report. */
  getBookmarkHistory(bookmarkId: number, options?: GetBookmarkHistoryOptions): Promise<BookmarkHistoryResponse>;
  /** Store report params under a new slug and print a URL that opens them. */
  createReportLink(params?: Record<string, any>, options?: CreateReportLinkOptions): Promise<ReportLink>;
  /** List ids of dashboards that a report links to. */
  bookmarkLinkedDashboardIds(bookmarkId: number): Promise<Array<any>>;
  /** List saved reports. */
  listBookmarksV2(options?: ListBookmarksV2Options): Promise<Array<Bookmark>>;
  /** Turn a report URL, shortlink or slug into its definition, or run it. */
  resolveReportLink(link: string, options?: ResolveReportLinkOptions): Promise<ResolvedReport>;
  /** Turn a report URL, shortlink or slug into its definition, or run it. */
  queryReportLink(link: string, options?: QueryReportLinkOptions): Promise<ResolvedReport>;
  /** Change name, description or params of a saved report. */
  updateBookmark(bookmarkId: number, params: UpdateBookmarkParams): Promise<Bookmark>;
  /** Create a saved metric from a definition file. */
  createMetric(params: CreateMetricParams): Promise<SavedMetric>;
  /** Delete saved metrics that the account may edit. It destroys. */
  deleteMetrics(metricIds: Array<number>, options?: DeleteMetricsOptions): Promise<void>;
  /** Delete saved metrics that the account may edit. It destroys. */
  deleteMetric(metricId: number, options?: DeleteMetricOptions): Promise<void>;
  /** Show one saved metric. */
  getMetric(metricId: number): Promise<SavedMetric>;
  /** List saved metrics; all filters are applied by the client. */
  listMetrics(options?: ListMetricsOptions): Promise<Array<SavedMetric>>;
  /** Run a saved metric. */
  queryMetric(metricId: number, options?: QueryMetricOptions): Promise<QueryResult>;
  /** Change a saved metric. */
  updateMetric(metricId: number, params: UpdateMetricParams): Promise<SavedMetric>;
  /** Set or clear the verified mark of several metrics. */
  verifyMetrics(metricIds: Array<number>, options?: VerifyMetricsOptions): Promise<Array<SavedMetric>>;
  /** Create a saved behavior from a definition file. */
  createBehavior(params: CreateBehaviorParams): Promise<SavedBehavior>;
  /** Delete saved behaviors that the account may edit. It destroys. */
  deleteBehaviors(behaviorIds: Array<number>, options?: DeleteBehaviorsOptions): Promise<void>;
  /** Delete saved behaviors that the account may edit. It destroys. */
  deleteBehavior(behaviorId: number, options?: DeleteBehaviorOptions): Promise<void>;
  /** Show one saved behavior. */
  getBehavior(behaviorId: number): Promise<SavedBehavior>;
  /** List saved behaviors; filters are applied by the client. */
  listBehaviors(options?: ListBehaviorsOptions): Promise<Array<SavedBehavior>>;
  /** Change a saved behavior. */
  updateBehavior(behaviorId: number, params: UpdateBehaviorParams): Promise<SavedBehavior>;
  /** Delete several cohorts. It destroys. */
  bulkDeleteCohorts(ids: Array<number>): Promise<void>;
  /** Change several cohorts; each entry's definition is merged into the entry. */
  bulkUpdateCohorts(entries: Array<BulkUpdateCohortEntry>): Promise<void>;
  /** Create a cohort; the definition's keys go to the top level of the body. */
  createCohort(params: CreateCohortParams): Promise<Cohort>;
  /** Delete one cohort. It destroys. */
  deleteCohort(cohortId: number): Promise<void>;
  /** Show one cohort. */
  getCohort(cohortId: number): Promise<Cohort>;
  /** List cohorts with their definitions. */
  listCohortsFull(options?: ListCohortsFullOptions): Promise<Array<Cohort>>;
  /** Change a cohort. */
  updateCohort(cohortId: number, params: UpdateCohortParams): Promise<Cohort>;
  /** Delete several alerts. It destroys. */
  bulkDeleteAlerts(ids: Array<number>): Promise<void>;
  /** Count alerts against the limit. */
  getAlertCount(options?: GetAlertCountOptions): Promise<AlertCount>;
  /** Create a custom alert. */
  createAlert(params: CreateAlertParams): Promise<CustomAlert>;
  /** Delete an alert. It destroys. */
  deleteAlert(alertId: number): Promise<void>;
  /** Show one alert. */
  getAlert(alertId: number): Promise<CustomAlert>;
  /** Show one page of an alert's firing history. */
  getAlertHistory(alertId: number, options?: GetAlertHistoryOptions): Promise<AlertHistoryResponse>;
  /** List custom alerts. */
  listAlerts(options?: ListAlertsOptions): Promise<Array<CustomAlert>>;
  /** Get a signed URL of an alert screenshot. */
  getAlertScreenshotUrl(gcsKey: string): Promise<AlertScreenshotResponse>;
  /** Send a test notification. */
  testAlert(params: TestAlertParams): Promise<any>;
  /** Change an alert. */
  updateAlert(alertId: number, params: UpdateAlertParams): Promise<CustomAlert>;
  /** Check whether alerts still fit changed report params. */
  validateAlertsForBookmark(params: ValidateAlertsForBookmarkParams): Promise<ValidateAlertsForBookmarkResponse>;
  /** Create an annotation. */
  createAnnotation(params: CreateAnnotationParams): Promise<Annotation>;
  /** Delete an annotation. It destroys. */
  deleteAnnotation(annotationId: number): Promise<void>;
  /** Show one annotation. */
  getAnnotation(annotationId: number): Promise<Annotation>;
  /** List annotations. */
  listAnnotations(options?: ListAnnotationsOptions): Promise<Array<Annotation>>;
  /** Create an annotation tag. */
  createAnnotationTag(params: CreateAnnotationTagParams): Promise<AnnotationTag>;
  /** List annotation tags. */
  listAnnotationTags(): Promise<Array<AnnotationTag>>;
  /** Change an annotation. */
  updateAnnotation(annotationId: number, params: UpdateAnnotationParams): Promise<Annotation>;
  /** Archive a feature flag. */
  archiveFeatureFlag(flagId: string): Promise<void>;
  /** Create a feature flag; several defaults are always sent. */
  createFeatureFlag(params: CreateFeatureFlagParams): Promise<FeatureFlag>;
  /** Delete a feature flag. It destroys. */
  deleteFeatureFlag(flagId: string): Promise<void>;
  /** Copy a feature flag. */
  duplicateFeatureFlag(flagId: string): Promise<FeatureFlag>;
  /** Show one feature flag. */
  getFeatureFlag(flagId: string): Promise<FeatureFlag>;
  /** Show one page of a flag's change history. */
  getFlagHistory(flagId: string, options?: GetFlagHistoryOptions): Promise<FlagHistoryResponse>;
  /** Show the flag quota of the project. */
  getFlagLimits(): Promise<FlagLimitsResponse>;
  /** List feature flags. */
  listFeatureFlags(options?: ListFeatureFlagsOptions): Promise<Array<FeatureFlag>>;
  /** Restore an archived feature flag. */
  restoreFeatureFlag(flagId: string): Promise<FeatureFlag>;
  /** Set the test users of a feature flag. It may destroy: without users, all test users are taken off the flag. */
  setFlagTestUsers(flagId: string, params: SetTestUsersParams): Promise<void>;
  /** Replace a feature flag completely. */
  updateFeatureFlag(flagId: string, params: UpdateFeatureFlagParams): Promise<FeatureFlag>;
  /** Archive an experiment. */
  archiveExperiment(experimentId: string): Promise<void>;
  /** End an experiment; without options an empty object is sent. It destroys. */
  concludeExperiment(experimentId: string, options?: ConcludeExperimentOptions): Promise<Experiment>;
  /** Create an experiment. */
  createExperiment(params: CreateExperimentParams): Promise<Experiment>;
  /** Record the decision about an experiment. */
  decideExperiment(experimentId: string, params: ExperimentDecideParams): Promise<Experiment>;
  /** Delete an experiment. It destroys. */
  deleteExperiment(experimentId: string): Promise<void>;
  /** Copy an experiment under a new name. */
  duplicateExperiment(experimentId: string, params: DuplicateExperimentParams): Promise<Experiment>;
  /** List experiments in review format. */
  listErfExperiments(): Promise<Array<any>>;
  /** Show one experiment. */
  getExperiment(experimentId: string): Promise<Experiment>;
  /** Start an experiment. */
  launchExperiment(experimentId: string): Promise<Experiment>;
  /** List experiments. */
  listExperiments(options?: ListExperimentsOptions): Promise<Array<Experiment>>;
  /** Restore an archived experiment. */
  restoreExperiment(experimentId: string): Promise<Experiment>;
  /** Change an experiment. */
  updateExperiment(experimentId: string, params: UpdateExperimentParams): Promise<Experiment>;
  /** Summarise what happened in one recording. */
  analyzeReplay(replayId: string): Promise<ReplayAnalysis>;
  /** List the tracked events inside a recording. */
  eventsForReplay(replayId: string, options?: EventsForReplayOptions): Promise<Array<ReplayEvent>>;
  /** Download one recording. */
  fetchReplay(replayId: string, options?: FetchReplayOptions): Promise<Replay>;
  /** Fetch and summarise the recordings of a user. */
  replaysForUser(distinctId: string, options: ReplaysForUserOptions): Promise<ReplayBundle>;
  /** Find session recordings of a user, or hydrate given ids. */
  listReplays(options?: ListReplaysOptions): Promise<Array<ReplaySummary>>;
  /** Sign recordings for download. */
  signReplays(replayIds: Array<string>, options?: SignReplaysOptions): Promise<Array<SignedReplay>>;
  /** Change the status of several anomalies. */
  bulkUpdateAnomalies(params: BulkUpdateAnomalyParams): Promise<any>;
  /** List data volume anomalies. */
  listDataVolumeAnomalies(options?: ListDataVolumeAnomaliesOptions): Promise<Array<DataVolumeAnomaly>>;
  /** Change the status of an anomaly. */
  updateAnomaly(params: UpdateAnomalyParams): Promise<any>;
  /** Run the tracking audit. */
  runAudit(options?: RunAuditOptions): Promise<AuditResponse>;
  /** Run the tracking audit. */
  runAuditEventsOnly(): Promise<AuditResponse>;
  /** Cancel a deletion request. */
  cancelDeletionRequest(requestId: number): Promise<Array<EventDeletionRequest>>;
  /** Ask for deletion of event data. It destroys. */
  createDeletionRequest(params: CreateDeletionRequestParams): Promise<Array<EventDeletionRequest>>;
  /** List data deletion requests. */
  listDeletionRequests(): Promise<Array<EventDeletionRequest>>;
  /** Preview what a deletion request would match. */
  previewDeletionFilters(params: PreviewDeletionFiltersParams): Promise<Array<any>>;
  /** Delete schema enforcement. It destroys. */
  deleteSchemaEnforcement(): Promise<void>;
  /** Show schema enforcement settings. */
  getSchemaEnforcement(options?: GetSchemaEnforcementOptions): Promise<SchemaEnforcementConfig>;
  /** Start schema enforcement. It may destroy: a rule that drops what fits no schema loses it for good. */
  initSchemaEnforcement(params: InitSchemaEnforcementParams): Promise<any>;
  /** Replace schema enforcement. It destroys. */
  replaceSchemaEnforcement(params: ReplaceSchemaEnforcementParams): Promise<any>;
  /** Change schema enforcement. It may destroy: a rule that drops what fits no schema loses it for good. */
  updateSchemaEnforcement(params: UpdateSchemaEnforcementParams): Promise<any>;
  /** Show the change history of an event definition. */
  getEventHistory(eventName: string): Promise<Array<any>>;
  /** Change several event definitions. It may destroy: what is dropped is not kept any more, and cannot be had back. */
  bulkUpdateEventDefinitions(params: BulkUpdateEventsParams): Promise<Array<EventDefinition>>;
  /** Delete one event definition. It destroys. */
  deleteEventDefinition(eventName: string): Promise<void>;
  /** Show event definitions by name. */
  getEventDefinitions(options: GetEventDefinitionsOptions): Promise<Array<EventDefinition>>;
  /** Change one event definition. It may destroy: what is dropped is not kept any more, and cannot be had back. */
  updateEventDefinition(eventName: string, params: UpdateEventDefinitionParams): Promise<EventDefinition>;
  /** Export definitions. */
  exportLexicon(options?: ExportLexiconOptions): Promise<any>;
  /** Change several property definitions. It may destroy: what is dropped is not kept any more, and cannot be had back. */
  bulkUpdatePropertyDefinitions(params: BulkUpdatePropertiesParams): Promise<Array<PropertyDefinition>>;
  /** Show property definitions by name. */
  getPropertyDefinitions(options: GetPropertyDefinitionsOptions): Promise<Array<PropertyDefinition>>;
  /** Change one property definition. It may destroy: what is dropped is not kept any more, and cannot be had back. */
  updatePropertyDefinition(propertyName: string, params: UpdatePropertyDefinitionParams): Promise<PropertyDefinition>;
  /** Show the change history of a property definition. */
  getPropertyHistory(propertyName: string, entityType: string): Promise<Array<any>>;
  /** Create a tag. */
  createLexiconTag(params: CreateTagParams): Promise<LexiconTag>;
  /** Delete a tag by name. It destroys. */
  deleteLexiconTag(tagName: string): Promise<void>;
  /** List tags. */
  listLexiconTags(): Promise<Array<LexiconTag>>;
  /** Rename a tag. */
  updateLexiconTag(tagId: number, params: UpdateTagParams): Promise<LexiconTag>;
  /** Show where an event is sent from. */
  getTrackingMetadata(eventName: string): Promise<any>;
  /** Register one schema; the body is the schema itself. */
  createSchema(entityType: string, entityName: string, schemaJson: Record<string, any>): Promise<any>;
  /** Register several schemas. It may destroy: with truncate, all other schemas are deleted. */
  createSchemasBulk(params: BulkCreateSchemasParams): Promise<BulkCreateSchemasResponse>;
  /** Delete schemas, all of them when no filter is given. It destroys. */
  deleteSchemas(options?: DeleteSchemasOptions): Promise<DeleteSchemasResponse>;
  /** List schema registry entries. */
  listSchemaRegistry(options?: ListSchemaRegistryOptions): Promise<Array<SchemaEntry>>;
  /** Merge changes into one schema. */
  updateSchema(entityType: string, entityName: string, schemaJson: Record<string, any>): Promise<any>;
  /** Merge changes into several schemas. */
  updateSchemasBulk(params: BulkUpdateSchemasParams): Promise<Array<BulkPatchResult>>;
  /** Create a custom event out of existing events. */
  createCustomEvent(params: CreateCustomEventParams): Promise<CustomEvent>;
  /** Delete a custom event. It destroys. */
  deleteCustomEvent(customEventId?: number, options?: DeleteCustomEventOptions): Promise<void>;
  /** List custom events. */
  listCustomEvents(): Promise<Array<EventDefinition>>;
  /** Change the definition of a custom event. It may destroy: what is dropped is not kept any more, and cannot be had back. */
  updateCustomEvent(customEventId: number, params: UpdateCustomEventParams): Promise<EventDefinition>;
  /** Create a custom property from a formula or a behavior. */
  createCustomProperty(params: CreateCustomPropertyParams): Promise<CustomProperty>;
  /** Delete a custom property. It destroys. */
  deleteCustomProperty(propertyId: string): Promise<void>;
  /** Show one custom property. */
  getCustomProperty(propertyId: string): Promise<CustomProperty>;
  /** List custom properties. */
  listCustomProperties(): Promise<Array<CustomProperty>>;
  /** Change a custom property. */
  updateCustomProperty(propertyId: string, params: UpdateCustomPropertyParams): Promise<CustomProperty>;
  /** Check a custom property without saving it. */
  validateCustomProperty(params: ValidateCustomPropertyParams): Promise<any>;
  /** Create a drop filter; the whole list comes back. It destroys. */
  createDropFilter(params: CreateDropFilterParams): Promise<Array<DropFilter>>;
  /** Delete a drop filter; the remaining list comes back. It destroys. */
  deleteDropFilter(dropFilterId: number): Promise<Array<DropFilter>>;
  /** Show the drop filter quota. */
  getDropFilterLimits(): Promise<DropFilterLimitsResponse>;
  /** List drop filters. */
  listDropFilters(): Promise<Array<DropFilter>>;
  /** Change a drop filter; the whole list comes back. It may destroy: a filter that is not switched off drops events, which cannot be had
   back. */
  updateDropFilter(params: UpdateDropFilterParams): Promise<Array<DropFilter>>;
  /** Delete lookup tables. It destroys. */
  deleteLookupTables(dataGroupIds: Array<number>): Promise<void>;
  /** Download a lookup table as CSV. */
  downloadLookupTable(dataGroupId: number, options?: DownloadLookupTableOptions): Promise<Buffer>;
  /** Get a signed download URL. */
  getLookupDownloadUrl(dataGroupId: number): Promise<DownloadUrl>;
  /** List lookup tables. */
  listLookupTables(options?: ListLookupTablesOptions): Promise<Array<LookupTable>>;
  /** Register a file that was uploaded by a signed URL as a lookup table. It may destroy: with a data group, the rows of its table are
   replaced. */
  markLookupTableReady(params: MarkLookupTableReadyParams): Promise<LookupTable>;
  /** Rename a lookup table. */
  updateLookupTable(dataGroupId: number, params: UpdateLookupTableParams): Promise<LookupTable>;
  /** Upload a CSV file as a lookup table. It may destroy: with a data group, the rows of its table are replaced. */
  uploadLookupTable(params: UploadLookupTableParams): Promise<LookupTable>;
  /** Show how far a file is taken in as a lookup table. */
  getLookupUploadStatus(uploadId: string): Promise<LookupTableUploadStatus>;
  /** Get a signed upload URL. */
  getLookupUploadUrl(contentType?: string): Promise<LookupTableUploadUrl>;
  /** Show organization and project context together. */
  getBusinessContextChain(): Promise<BusinessContextChain>;
  /** Empty the business context text. It destroys. */
  clearBusinessContext(options?: ClearBusinessContextOptions): Promise<BusinessContext>;
  /** Show the business context text. */
  getBusinessContext(options?: GetBusinessContextOptions): Promise<BusinessContext>;
  /** Replace the business context text. It may destroy: a text that is empty clears the context. */
  setBusinessContext(content?: string, options?: SetBusinessContextOptions): Promise<BusinessContext>;
  /** Create a webhook. */
  createWebhook(params: CreateWebhookParams): Promise<WebhookMutationResult>;
  /** Delete a webhook. It destroys. */
  deleteWebhook(webhookId: string): Promise<void>;
  /** List webhooks. */
  listWebhooks(): Promise<Array<ProjectWebhook>>;
  /** Send a test request to a webhook URL. */
  testWebhook(params: WebhookTestParams): Promise<WebhookTestResult>;
  /** Change a webhook. */
  updateWebhook(webhookId: string, params: UpdateWebhookParams): Promise<WebhookMutationResult>;
}
