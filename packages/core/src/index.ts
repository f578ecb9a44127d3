export { type Checker, checker, type NumberRange } from './check.ts';
export { LoopwrightError, reasonOf, show, type Where } from './errors.ts';
export { formatSummary, type LayerShape, type LayerSummary, summary } from './model-summary.ts';
export {
  isLayersModel,
  isVariable,
  isVariableRecord,
  type LayerLike,
  type LayersModelLike,
  type LayerWeightLike,
  namedVariables,
  type VariableSource,
} from './named-variables.ts';
export type { HasParamGroups, ParamGroup } from './param-group.ts';
export { RandomStream, type StreamKey } from './random.ts';
export type { Schedule } from './schedule.ts';
export {
  checkKeys,
  checkState,
  isStateful,
  type StateDict,
  type Stateful,
  type StateValue,
  stateRecord,
} from './stateful.ts';
export {
  type Allocate,
  isTensorValue,
  provideTensorReader,
  readTensor,
  readTensorsInto,
  type TensorReader,
  type TensorValue,
  type ValueDtype,
} from './tensor-value.ts';
export { turnEventLoop } from './turn.ts';
