/**
 * Loads the native engine as it is imported. Whatever imports TensorFlow.js after this module gets the same, loaded
 * one.
 * @packageDocumentation
 */
import '../accelerate/replaceable-functions.ts';
import { accelerateByDefault } from '../accelerate/accelerate.ts';
import { loadNative } from './load-native.ts';

loadNative();
accelerateByDefault(process.env);
